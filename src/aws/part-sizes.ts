import { GetObjectAttributesCommand, type S3Client } from '@aws-sdk/client-s3';
import type { ObjectAddress } from '../core/finding.ts';
import type { StoredObject } from '../core/ports.ts';
import { faultOf } from './aws-errors.ts';

/** The sizes of a multipart object's parts. `undefined`: S3 keeps them only of uploads with checksums, or we may not ask. */
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
      sizes.push(...(ObjectParts?.Parts ?? []).map((part) => part.Size ?? 0));
      marker = ObjectParts?.IsTruncated ? ObjectParts.NextPartNumberMarker : undefined;
    } while (marker !== undefined);
  } catch (error) {
    if (faultOf(error).kind === 'denied') return undefined;
    throw error;
  }
  // Parts of another object, or none at all: S3 answers the count alone where it kept no checksums.
  return sizes.reduce((sum, size) => sum + size, 0) === stored.sizeBytes ? sizes : undefined;
}
