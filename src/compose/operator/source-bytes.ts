import { type BucketBytes, bucketBytes } from '../../aws/s3/bucket/bucket-bytes.ts';
import type { JobDefinition } from '../../core/operate/macie/jobs.ts';
import type { OperatorClients } from './clients.ts';

export type { BucketBytes } from '../../aws/s3/bucket/bucket-bytes.ts';

/** Returns how much a job would look at, and `undefined` if a bucket may not be listed. */
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
    const found = await bucketBytes(clients.s3(), { bucket, owner, extensions }, (some) => report(add(some)));
    if (found === undefined) return undefined;
    sum = add(found);
  }
  return sum;
}
