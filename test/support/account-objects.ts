import { S3Client } from '@aws-sdk/client-s3';
import { localRegion } from '../../src/local/account.ts';
import type { Versioning } from '../../src/local/s3/store/bucket.ts';
import { type Uploaded, uploadTo } from './uploaded.ts';
import type { World } from './world.ts';

/** A bucket of that account, with a name of its own. */
export function bucketOf(
  { aws }: World,
  accountId: string,
  versioning: Versioning = 'never',
  region = localRegion,
): string {
  const bucket = `data-${accountId}-${aws.s3.store.buckets.size}`;
  aws.s3.store.createBucket(bucket, { owner: accountId, versioning, region });
  return bucket;
}

/** An object that the owner of the bucket puts there. */
export async function uploadAs(
  { aws: { s3, sts } }: World,
  accountId: string,
  bucket: string,
  key: string,
  body: string,
): Promise<Uploaded> {
  const owner = new S3Client({
    region: s3.store.bucket(bucket).region,
    endpoint: s3.endpoint,
    forcePathStyle: true,
    credentials: { accessKeyId: sts.accessKeyOf(accountId), secretAccessKey: 'local' },
  });
  try {
    return await uploadTo(owner, bucket, key, body);
  } finally {
    owner.destroy();
  }
}
