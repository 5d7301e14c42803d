import type { FencedBucket } from '../../core/fences.ts';
import { BucketProblemError } from '../../core/operate/fence/bucket-problem.ts';
import { CommandError } from '../frame/command-error.ts';

/** Throws the sentence that says what is wrong with a bucket, or the error itself if it is about something else. */
export function throwExplained({ accountId, bucket }: FencedBucket): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof BucketProblemError)) throw error;
    throw new CommandError(sentenceOf(error, accountId, bucket), undefined, { cause: error });
  };
}

function sentenceOf({ detail, kind }: BucketProblemError, accountId: string, bucket: string): string {
  switch (kind) {
    case 'no-such-bucket':
      return `There is no bucket ${bucket}.`;
    case 'denied':
      return `AWS denies ${detail} at ${bucket}. Use a role of the account ${accountId} that may do it; if the bucket is of another account, name it as account/${bucket}.`;
    case 'no-role':
      return `The role ${detail} cannot be assumed. It is made by member-role.yaml or operations.yaml, and trusts the operator's role and the daily check.`;
    case 'refused':
      return `S3 does not take the call about ${bucket} (${detail}).`;
  }
}
