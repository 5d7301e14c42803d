import { type BucketBytes, bucketBytes } from '../../aws/s3/bucket/bucket-bytes.ts';
import { errorClassOf } from '../../aws/sdk/aws-errors.ts';
import type { JobDefinition } from '../../core/operate/macie/jobs.ts';
import type { OperatorClients } from './clients.ts';

export type { BucketBytes } from '../../aws/s3/bucket/bucket-bytes.ts';

/** A bucket that a job would scan is not there, or is in another region than Macie is asked in. */
export class BucketToScanError extends Error {
  override readonly name = 'BucketToScanError';
  readonly bucket: string;
  readonly why: 'absent' | 'elsewhere';

  constructor(bucket: string, why: BucketToScanError['why'], cause: unknown) {
    super(`${bucket}: ${why}`, { cause });
    this.bucket = bucket;
    this.why = why;
  }
}

/**
 * Returns how much a job would look at, and `undefined` if a bucket may not be listed. Throws `BucketToScanError` for a
 * bucket that no job can scan.
 */
export async function bytesOf(
  clients: OperatorClients,
  { accountId: owner, buckets, extensions }: JobDefinition,
  report: (sum: BucketBytes) => void,
): Promise<BucketBytes | undefined> {
  let sum: BucketBytes = { objects: 0, bytes: 0 };
  for (const bucket of buckets) {
    const before = sum;
    const add = (more: BucketBytes): BucketBytes => ({
      objects: before.objects + more.objects,
      bytes: before.bytes + more.bytes,
    });
    const found = await bucketBytes(clients.s3(), { bucket, owner, extensions }, (some) =>
      report(add(some)),
    ).catch((error: unknown) => {
      throw problemOf(bucket, error);
    });
    if (found === undefined) return undefined;
    sum = add(found);
  }
  return sum;
}

function problemOf(bucket: string, error: unknown): unknown {
  const found = errorClassOf(error);
  if (found.kind === 'no-such-bucket') return new BucketToScanError(bucket, 'absent', error);
  const isElsewhere = found.kind === 'refused' && found.reason === 'cross-region';
  return isElsewhere ? new BucketToScanError(bucket, 'elsewhere', error) : error;
}
