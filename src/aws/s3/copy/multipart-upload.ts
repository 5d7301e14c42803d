import {
  AbortMultipartUploadCommand,
  type ChecksumAlgorithm,
  type CompletedPart,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
  ListPartsCommand,
  type ListPartsCommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { RetryableError } from '../../../core/errors.ts';
import type { CopyRequest } from '../../../core/isolation-bucket.ts';
import { awsErrorName, isNotTaken, isTransient } from '../../sdk/aws-errors.ts';
import { isKey } from '../object/list-versions.ts';
import type { DestinationInput } from './copy-input.ts';
import type { Part } from './part-plan.ts';
import { namesProperties } from './property-refusal.ts';

/** An unfinished copy. All its properties except its parts are fixed when it starts. */
export interface Upload {
  readonly Bucket: string;
  readonly Key: string;
  readonly ExpectedBucketOwner: string;
  readonly UploadId: string;
}

/** An upload to which parts can be copied. */
export interface Begun {
  readonly upload: Upload;
  readonly withChecksum: boolean;
}

/** Parts inherit nothing from the source. If a store does not accept the checksum, the copy will be read. */
export async function beginUpload(
  client: S3Client,
  destination: DestinationInput,
  checksum: CopyRequest['checksum'],
  properties: Partial<CreateMultipartUploadCommandInput>,
): Promise<Begun> {
  const begin = async (input: Partial<CreateMultipartUploadCommandInput>): Promise<Upload> => {
    const { UploadId } = await client.send(
      new CreateMultipartUploadCommand({ ...destination, ...properties, ...input }),
    );
    // Without an upload id, every part would be sent as a copy of the whole object, over any object at the
    // key.
    if (!UploadId)
      throw new RetryableError('AnswerWithoutUploadId', 'the store started an upload without an id');
    return { ...target(destination), UploadId };
  };
  const ChecksumAlgorithm = checksum.algorithm as ChecksumAlgorithm;
  try {
    const upload = await begin({ ChecksumAlgorithm, ChecksumType: checksum.type });
    return { upload, withChecksum: true };
  } catch (error) {
    if (!isNotTaken(error) || namesProperties(error)) throw error;
    return { upload: await begin({}), withChecksum: false };
  }
}

/**
 * Finds an unfinished copy to this key. The key names the flagged bytes by version id or ETag, every part was
 * copied on condition of that ETag, and the completion sends the checksum of the whole object.
 */
export async function findUpload(
  client: S3Client,
  destination: DestinationInput,
  { checksum }: CopyRequest,
): Promise<Begun | undefined> {
  const { Bucket, Key, ExpectedBucketOwner } = destination;
  // The key is the first of all keys that begin with it, so one page is enough.
  const listing = await client
    .send(new ListMultipartUploadsCommand({ Bucket, ExpectedBucketOwner, Prefix: Key, EncodingType: 'url' }))
    .catch(nothingFound);
  const found = listing.Uploads?.find(
    (upload) =>
      isKey(Key, upload.Key, listing) &&
      [undefined, checksum.algorithm].includes(upload.ChecksumAlgorithm) &&
      [undefined, checksum.type].includes(upload.ChecksumType),
  );
  if (!found?.UploadId) return undefined;
  const upload = { ...target(destination), UploadId: found.UploadId };
  return { upload, withChecksum: found.ChecksumAlgorithm !== undefined };
}

/**
 * Resuming only saves time. For a store that cannot list uploads (LocalStack answers 500 for some keys), a
 * new upload is started.
 */
function nothingFound(error: unknown): Pick<ListMultipartUploadsCommandOutput, 'EncodingType' | 'Uploads'> {
  if (isTransient(error) && awsErrorName(error) !== 'InternalError') throw error;
  return {};
}

/**
 * Lists the finished parts. Returns `undefined` if a part does not fit the plan, or if the parts cannot be
 * listed: then no part can be used.
 */
export async function listPartsOf(
  client: S3Client,
  upload: Upload,
  plan: readonly Part[],
): Promise<ReadonlyMap<number, CompletedPart> | undefined> {
  const done = new Map<number, CompletedPart>();
  let after: string | undefined;
  try {
    // Only IsTruncated ends the loop. The last page names a next part too, so the SDK's paginator would never
    // stop.
    do {
      const page: ListPartsCommandOutput = await client.send(
        new ListPartsCommand({ ...upload, PartNumberMarker: after }),
      );
      for (const part of page.Parts ?? []) {
        const planned = plan[(part.PartNumber ?? 0) - 1];
        if (planned === undefined || part.Size !== planned.lastByte - planned.firstByte + 1) return undefined;
        const { LastModified: _, Size: __, ...completed } = part;
        done.set(planned.partNumber, completed);
      }
      const more: boolean = page.IsTruncated === true && page.NextPartNumberMarker !== after;
      after = more ? page.NextPartNumberMarker : undefined;
    } while (after !== undefined);
  } catch (error) {
    if (isTransient(error)) throw error;
    return undefined;
  }
  return done;
}

/** Errors are ignored: the lifecycle rule of the bucket removes unfinished uploads. */
export async function abortUpload(client: S3Client, upload: Upload): Promise<void> {
  await client.send(new AbortMultipartUploadCommand(upload)).catch(() => undefined);
}

function target({ Bucket, Key, ExpectedBucketOwner }: DestinationInput) {
  return { Bucket, Key, ExpectedBucketOwner };
}
