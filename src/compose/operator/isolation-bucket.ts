import { createControlObjects } from '../../aws/s3/isolation/control-objects.ts';
import { createEvidenceReader } from '../../aws/s3/isolation/evidence-reader.ts';
import { destinationIn } from '../../aws/s3/isolation/isolation-bucket.ts';
import { accountOfQueue } from '../../config/aws-hosts.ts';
import type { EvidenceReader } from '../../core/operate/records/evidence-reader.ts';
import type { ControlObjects } from '../../core/valve/control-objects.ts';
import { isolationPlace } from '../isolation-place.ts';
import type { OperatorClients } from './clients.ts';

/** The settings by which a command finds the isolation bucket and its owner. */
export const isolationBucketSettings = ['QUEUE_URL', 'ISOLATION_BUCKET', 'ISOLATION_KMS_KEY_ID'] as const;

export interface IsolationBucketSettings {
  /** The account of the queue owns the isolation bucket. */
  readonly QUEUE_URL: string;
  readonly ISOLATION_BUCKET: string;
  readonly ISOLATION_KMS_KEY_ID?: string | undefined;
}

export function placeOf(settings: IsolationBucketSettings) {
  return isolationPlace({
    accountId: accountOfQueue(settings.QUEUE_URL),
    isolationBucket: settings.ISOLATION_BUCKET,
    isolationKmsKeyId: settings.ISOLATION_KMS_KEY_ID,
  });
}

/** Records and listings of the isolation bucket. */
export function evidenceOf(clients: OperatorClients, settings: IsolationBucketSettings): EvidenceReader {
  const { name: bucket, owner } = placeOf(settings);
  return createEvidenceReader({ client: clients.s3(), bucket, owner });
}

/** The objects by which workers are paused. */
export function controlOf(clients: OperatorClients, settings: IsolationBucketSettings): ControlObjects {
  const place = placeOf(settings);
  return createControlObjects({
    client: clients.s3(),
    bucket: place.name,
    owner: place.owner,
    destination: destinationIn(place),
  });
}
