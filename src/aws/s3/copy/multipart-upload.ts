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
import type { CopyRequest } from '../../../core/ports.ts';
import { errorName, isNotTaken, isTransient } from '../../sdk/aws-errors.ts';
import { isKey } from '../list-versions.ts';
import type { DestinationInput } from './copy-input.ts';
import type { Part } from './part-plan.ts';
import { namesProperties } from './property-plan.ts';

/** An unfinished copy. Everything but its parts was settled when it was begun. */
export interface Upload {
  readonly Bucket: string;
  readonly Key: string;
  readonly ExpectedBucketOwner: string;
  readonly UploadId: string;
}

/** An upload that parts can be copied to. */
export interface Begun {
  readonly upload: Upload;
  readonly withChecksum: boolean;
}

/** Nothing of the source is inherited by parts. Where a store does not take the checksum, the copy will be read. */
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
    // Parts sent without one would be copies of the whole, over whatever lies at the key.
    if (!UploadId) throw new RetryableError('AnswerWithoutUploadId', 'an upload was begun without an id');
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
 * The copy to this key that somebody began and did not end. The key names the flagged bytes by version id
 * or ETag, every part was copied on condition of that ETag, and the completion is given the whole's checksum.
 */
export async function findUpload(
  client: S3Client,
  destination: DestinationInput,
  { checksum }: CopyRequest,
): Promise<Begun | undefined> {
  const { Bucket, Key, ExpectedBucketOwner } = destination;
  // The key itself is the first of all that begin with it, so one page has it.
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

/** Resuming saves time and nothing else: a store that cannot list (LocalStack: 500 for some keys) gets a new upload. */
function nothingFound(error: unknown): Pick<ListMultipartUploadsCommandOutput, 'EncodingType' | 'Uploads'> {
  if (isTransient(error) && errorName(error) !== 'InternalError') throw error;
  return {};
}

/** The parts that are there. `undefined` where one of them is none of the plan, or they cannot be listed: then none can be used. */
export async function listPartsOf(
  client: S3Client,
  upload: Upload,
  plan: readonly Part[],
): Promise<ReadonlyMap<number, CompletedPart> | undefined> {
  const done = new Map<number, CompletedPart>();
  let after: string | undefined;
  try {
    // By IsTruncated alone: a last page names a next one too, which the SDK's paginator would ask for for ever.
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

/** Best effort: the bucket's lifecycle rule sweeps up what this leaves. */
export async function abortUpload(client: S3Client, upload: Upload): Promise<void> {
  await client.send(new AbortMultipartUploadCommand(upload)).catch(() => undefined);
}

function target({ Bucket, Key, ExpectedBucketOwner }: DestinationInput) {
  return { Bucket, Key, ExpectedBucketOwner };
}
