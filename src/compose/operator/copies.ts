import { bucketSettings } from '../../aws/s3/bucket/bucket-settings.ts';
import { createCopyReader } from '../../aws/s3/isolation/copy-reader.ts';
import { setLegalHold } from '../../aws/s3/isolation/legal-hold.ts';
import { errorClassOf } from '../../aws/sdk/aws-errors.ts';
import type { IsolationBucket } from '../../core/isolation-bucket.ts';
import type { CopyReader } from '../../core/operate/copy-bytes.ts';
import type { EvidenceReader } from '../../core/operate/records/evidence-reader.ts';
import type { OperatorClients } from './clients.ts';
import { evidenceOf, placeOf } from './isolation-bucket.ts';
import { type ReleaseSettings, releaseOf } from './release.ts';

/** The calls that commands may make about copies: find them, read them, and hold them. */
export interface Copies {
  readonly evidence: EvidenceReader;
  readonly isolationBucket: IsolationBucket;
  readonly reader: CopyReader;
  /** Whether the bucket knows legal holds; `undefined` if the caller may not look. */
  hasObjectLock(): Promise<boolean | undefined>;
  setLegalHold(
    key: string,
    versionId: string | undefined,
    status: 'ON' | 'OFF',
  ): Promise<'done' | 'no-object-lock'>;
}

export function copiesOf(clients: OperatorClients, settings: ReleaseSettings): Copies {
  const { name: bucket, owner } = placeOf(settings);
  return {
    evidence: evidenceOf(clients, settings),
    isolationBucket: releaseOf(clients, settings).isolationBucket,
    reader: createCopyReader(clients.s3(), { bucket, owner }),
    async hasObjectLock() {
      try {
        return (await bucketSettings(clients.s3(), bucket, owner).lock()) !== 'none';
      } catch (error) {
        if (errorClassOf(error).kind !== 'denied') throw error;
        return undefined;
      }
    },
    setLegalHold: (key, versionId, status) =>
      setLegalHold(clients.s3(), { bucket, owner, key, versionId }, status),
  };
}
