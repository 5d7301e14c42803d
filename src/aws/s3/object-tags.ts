import { GetObjectTaggingCommand, type S3Client } from '@aws-sdk/client-s3';
import type { ObjectAddress } from '../../core/finding.ts';
import type { Tag } from '../../core/properties.ts';
import { isTransient } from '../sdk/aws-errors.ts';

/** Reads the tags of the current object, or of the named version. */
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

/**
 * Returns `undefined` if the tags may not be read, or if the store does not know the call. Neither must leave
 * the data exposed.
 */
export async function readTagsIfAllowed(
  client: S3Client,
  object: ObjectAddress,
  versionId: string | undefined,
): Promise<Tag[] | undefined> {
  try {
    return await readTags(client, object, versionId);
  } catch (error) {
    if (!isTransient(error)) return undefined;
    throw error;
  }
}
