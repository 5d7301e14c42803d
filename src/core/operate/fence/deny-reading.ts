import { bucketDenial } from '../../fence/denial.ts';
import type { FencedBucket } from '../../fences.ts';
import { type Merge, mergeIntoPolicy } from './merge-policy.ts';

/** The policies of buckets. Its functions throw `BucketProblemError` for what a person can mend. */
export interface BucketPolicies {
  /** Returns `undefined` if the bucket has no policy. */
  read(bucket: FencedBucket): Promise<string | undefined>;
  write(bucket: FencedBucket, text: string): Promise<void>;
}

export interface PlannedDenial {
  /** The policy as it was read. */
  readonly present: string | undefined;
  readonly merge: Merge;
}

/** Works out the policy that denies reading fenced objects. Nothing is changed. */
export async function planDenial(
  bucket: FencedBucket,
  { partition, spared }: { readonly partition: string; readonly spared: readonly string[] },
  policies: BucketPolicies,
): Promise<PlannedDenial> {
  const present = await policies.read(bucket);
  const ours = bucketDenial(`arn:${partition}:s3:::${bucket.bucket}`, spared);
  return { present, merge: mergeIntoPolicy(present, ours) };
}

/**
 * Writes a planned policy. S3 has no condition for that, so the policy is read once more right before: `changed` if
 * somebody else wrote meanwhile, and then nothing is written.
 */
export async function applyDenial(
  bucket: FencedBucket,
  { merge, present }: PlannedDenial,
  policies: BucketPolicies,
): Promise<'applied' | 'changed'> {
  if (merge.kind !== 'merged') throw new Error('only a merged policy can be applied');
  if ((await policies.read(bucket)) !== present) return 'changed';
  await policies.write(bucket, JSON.stringify(merge.after));
  return 'applied';
}
