import { GetObjectTaggingCommand, type S3Client } from '@aws-sdk/client-s3';
import { RetryableError } from '../../../core/errors.ts';
import { hasFenceTag, withoutFenceTag } from '../../../core/fences.ts';
import type { ObjectAddress } from '../../../core/finding.ts';
import type { Tag } from '../../../core/properties.ts';
import type { StoredObject } from '../../../core/source-buckets.ts';
import { isTransient } from '../../sdk/aws-errors.ts';

/** Reads the tags of the current object, or of the named version. */
export async function readTags(
  client: S3Client,
  { accountId, bucket, key }: ObjectAddress,
  versionId: string | undefined,
): Promise<Tag[]> {
  const { TagSet } = await client.send(
    new GetObjectTaggingCommand({
      Bucket: bucket,
      Key: key,
      VersionId: versionId,
      ExpectedBucketOwner: accountId,
    }),
  );
  // S3 always returns a set, if an empty one. An answer of a proxy would make a copy lose its tags without a word.
  if (TagSet === undefined)
    throw new RetryableError('AnswerWithoutTags', 'the answer to GetObjectTagging has no tags');
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

/** The tags of a source, as its copy needs them. */
export interface SourceTagsSeen {
  /** The tags that the copy carries. The tag of a fence belongs to the source alone. */
  readonly own: readonly Tag[];
  readonly isFenced: boolean;
}

/** Makes no call if the tags were read before. */
export async function seeTagsIfAllowed(
  client: S3Client,
  object: ObjectAddress,
  { ownTags, versionId }: Pick<StoredObject, 'ownTags' | 'versionId'>,
): Promise<SourceTagsSeen | undefined> {
  if (ownTags !== undefined) return { own: ownTags, isFenced: true };
  const tags = await readTagsIfAllowed(client, object, versionId);
  return tags && { own: withoutFenceTag(tags), isFenced: hasFenceTag(tags) };
}
