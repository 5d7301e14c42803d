import pLimit from 'p-limit';
import { createIsolationBucket } from '../../aws/s3/isolation/isolation-bucket.ts';
import { createRestorer } from '../../aws/s3/source/restorer.ts';
import { createSourceBuckets } from '../../aws/s3/source/source-buckets.ts';
import { createSourceTags } from '../../aws/s3/source/source-tags.ts';
import type { SourceTags } from '../../core/fences.ts';
import type { ObjectAddress } from '../../core/finding.ts';
import type { ReleasePorts } from '../../core/operate/release/release.ts';
import type { OperatorClients } from './clients.ts';
import { type IsolationBucketSettings, isolationBucketSettings, placeOf } from './isolation-bucket.ts';

/** The settings that a release needs. */
export const releaseSettings = [
  ...isolationBucketSettings,
  'MULTIPART_THRESHOLD_BYTES',
  'MULTIPART_PART_BYTES',
  'MULTIPART_CONCURRENCY',
] as const;

export interface ReleaseSettings extends IsolationBucketSettings {
  readonly MULTIPART_THRESHOLD_BYTES: number;
  readonly MULTIPART_PART_BYTES: number;
  readonly MULTIPART_CONCURRENCY: number;
}

/** The buckets between which a release copies, and the tags of what never left its source. */
export interface SourcePorts extends ReleasePorts {
  readonly tags: SourceTags;
}

/** The buckets between which a release copies, all asked with the operator's own credentials. */
export function releaseOf(clients: OperatorClients, settings: ReleaseSettings): SourcePorts {
  const place = placeOf(settings);
  const clientFor = (object: ObjectAddress) => clients.s3(object.region);
  const parts = {
    multipartThresholdBytes: settings.MULTIPART_THRESHOLD_BYTES,
    multipart: { partBytes: settings.MULTIPART_PART_BYTES, limit: pLimit(settings.MULTIPART_CONCURRENCY) },
  };
  return {
    sourceBuckets: createSourceBuckets({ clientFor, unconditionalDelete: 'never' }),
    isolationBucket: createIsolationBucket({
      ...place,
      region: clients.region,
      client: clients.s3(),
      copyClientFor: () => clients.s3(),
      sourceClientFor: clientFor,
      ...parts,
    }),
    restorer: createRestorer({
      isolationBucket: place.name,
      owner: place.owner,
      isolationClient: clients.s3(),
      clientFor,
      ...parts,
    }),
    tags: createSourceTags(clientFor),
    clock: () => new Date(),
  };
}
