import { GetBucketPolicyCommand, type S3Client } from '@aws-sdk/client-s3';
import { valueOf } from '../../sdk/answered.ts';
import { awsErrorName } from '../../sdk/aws-errors.ts';

/**
 * Returns the policy of a bucket, `undefined` if it has none. S3 says so by an error. An empty answer comes from a proxy:
 * whoever took it for none would overwrite the policy of the bucket's owner.
 */
export async function bucketPolicy(
  client: S3Client,
  input: { readonly Bucket: string; readonly ExpectedBucketOwner: string },
): Promise<string | undefined> {
  try {
    const { Policy } = await client.send(new GetBucketPolicyCommand(input));
    return valueOf(Policy, 'GetBucketPolicy', 'policy');
  } catch (error) {
    if (awsErrorName(error) === 'NoSuchBucketPolicy') return undefined;
    throw error;
  }
}
