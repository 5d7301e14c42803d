import { PutBucketPolicyCommand, type S3Client } from '@aws-sdk/client-s3';
import { BucketProblemError } from '../../../core/operate/fence/bucket-problem.ts';
import type { BucketPolicies } from '../../../core/operate/fence/deny-reading.ts';
import { awsErrorCode, errorClassOf } from '../../sdk/aws-errors.ts';
import { bucketPolicy } from './bucket-policy.ts';

/** Reads and writes the policies of buckets. S3 has no conditional write for them. */
export function createBucketPolicies(client: S3Client): BucketPolicies {
  return {
    async read({ accountId, bucket }) {
      try {
        return await bucketPolicy(client, { Bucket: bucket, ExpectedBucketOwner: accountId });
      } catch (error) {
        throw problemOf(error, 's3:GetBucketPolicy');
      }
    },

    async write({ accountId, bucket }, text) {
      try {
        const input = { Bucket: bucket, ExpectedBucketOwner: accountId, Policy: text };
        await client.send(new PutBucketPolicyCommand(input));
      } catch (error) {
        throw problemOf(error, 's3:PutBucketPolicy');
      }
    },
  };
}

/** Returns the error itself if another call may go well. */
export function problemOf(error: unknown, permission: string): unknown {
  switch (errorClassOf(error).kind) {
    case 'no-such-bucket':
      return new BucketProblemError('no-such-bucket', awsErrorCode(error), error);
    case 'denied':
      return new BucketProblemError('denied', permission, error);
    case 'futile':
      return new BucketProblemError('refused', awsErrorCode(error), error);
    default:
      return error;
  }
}
