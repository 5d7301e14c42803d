import { GetObjectAttributesCommand, type S3Client } from '@aws-sdk/client-s3';
import type { ObjectAddress } from '../../../core/finding.ts';
import type { StoredObject } from '../../../core/source-buckets.ts';
import { isTransient } from '../../sdk/aws-errors.ts';

/** S3's limit (aws-facts 2). */
const maximumParts = 10_000;

/**
 * Returns the sizes of the parts of a multipart object. Returns `undefined` if S3 did not keep them (it keeps
 * them only for uploads with checksums), or cannot be asked.
 */
export async function partSizesOf(
  client: S3Client,
  object: ObjectAddress,
  stored: StoredObject,
): Promise<readonly number[] | undefined> {
  const sizes: number[] = [];
  let marker: string | undefined;
  try {
    do {
      const { ObjectParts } = await client.send(
        new GetObjectAttributesCommand({
          Bucket: object.bucket,
          Key: object.key,
          VersionId: stored.versionId,
          ExpectedBucketOwner: object.accountId,
          ObjectAttributes: ['ObjectParts'],
          ...(marker !== undefined && { PartNumberMarker: marker }),
        }),
      );
      const page = (ObjectParts?.Parts ?? []).map((part) => part.Size ?? 0);
      sizes.push(...page);
      marker = ObjectParts?.IsTruncated && page.length > 0 ? ObjectParts.NextPartNumberMarker : undefined;
      if (sizes.length > maximumParts) return undefined;
    } while (marker !== undefined);
  } catch (error) {
    // Without part sizes another proof is used.
    if (!isTransient(error)) return undefined;
    throw error;
  }
  // The sizes belong to another object, or there are none: S3 returns only the count if it kept no checksums.
  return sizes.length > 0 && sizes.reduce((sum, size) => sum + size, 0) === stored.sizeBytes
    ? sizes
    : undefined;
}
