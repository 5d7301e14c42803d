import { HeadBucketCommand, type S3Client } from '@aws-sdk/client-s3';
import { statusOf } from '../../sdk/aws-errors.ts';

/** Whether there is a bucket of this name, in any account: S3 denies, or redirects, the question about another's. */
export async function bucketExists(client: S3Client, name: string): Promise<boolean> {
  try {
    await client.send(new HeadBucketCommand({ Bucket: name }));
    return true;
  } catch (error) {
    const status = statusOf(error);
    if (status === 404) return false;
    if (status === 403 || status === 301 || status === 400) return true;
    throw error;
  }
}
