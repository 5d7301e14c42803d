import { GetObjectAttributesCommand, type S3Client } from '@aws-sdk/client-s3';
import type { ObjectAddress } from '../../../core/finding.ts';
import type { StoredObject } from '../../../core/ports.ts';
import { isTransient } from '../../sdk/aws-errors.ts';

/** S3's limit (aws-facts 2). */
const maximumParts = 10_000;

/** The sizes of a multipart object's parts. `undefined`: S3 keeps them only of uploads with checksums, or cannot be asked. */
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
    // What does not answer this has another proof.
    if (!isTransient(error)) return undefined;
    throw error;
  }
  // Parts of another object, or none at all: S3 answers the count alone where it kept no checksums.
  return sizes.length > 0 && sizes.reduce((sum, size) => sum + size, 0) === stored.sizeBytes
    ? sizes
    : undefined;
}
