import { GetObjectTaggingCommand, type S3Client } from '@aws-sdk/client-s3';
import type { ObjectAddress } from '../core/finding.ts';

export type Tag = [key: string, value: string];

/** The tags of the current object, or of the version named. */
export async function readTags(
  client: S3Client,
  { accountId, bucket, key }: ObjectAddress,
  versionId: string | undefined,
): Promise<Tag[]> {
  const { TagSet = [] } = await client.send(
    new GetObjectTaggingCommand({
      Bucket: bucket,
      Key: key,
      VersionId: versionId,
      ExpectedBucketOwner: accountId,
    }),
  );
  return TagSet.map((tag): Tag => [tag.Key ?? '', tag.Value ?? '']);
}

/** As calls that write an object want them. */
export function encodeTags(tags: Tag[]): string {
  return new URLSearchParams(tags).toString();
}
