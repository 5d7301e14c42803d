import {
  AbortMultipartUploadCommand,
  type ChecksumAlgorithm,
  type CompletedPart,
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  type ListPartsCommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { CopyRequest } from '../core/ports.ts';
import { contentInput, type DestinationInput } from './copy-input.ts';
import type { Part } from './part-plan.ts';

/** An unfinished copy. Everything but its parts was settled when it was begun. */
export interface Upload {
  readonly Bucket: string;
  readonly Key: string;
  readonly ExpectedBucketOwner: string;
  readonly UploadId: string | undefined;
}

/** Nothing of the source is inherited by parts, so metadata, content headers, tags and checksum are set here. */
export async function beginUpload(
  client: S3Client,
  destination: DestinationInput,
  { checksum, metadata, stored }: CopyRequest,
  tagging: string | undefined,
): Promise<Upload> {
  const { UploadId } = await client.send(
    new CreateMultipartUploadCommand({
      ...destination,
      ...contentInput(stored.contentHeaders),
      Metadata: { ...(metadata ?? stored.metadata) },
      ...(tagging !== undefined && tagging !== '' && { Tagging: tagging }),
      ChecksumAlgorithm: checksum.algorithm as ChecksumAlgorithm,
      ChecksumType: checksum.type,
    }),
  );
  return { ...target(destination), UploadId };
}

/**
 * The copy to this key that somebody began and did not end. The key names the flagged bytes by version id
 * or ETag, every part was copied on condition of that ETag, and the completion is given the whole's checksum.
 */
export async function findUpload(
  client: S3Client,
  destination: DestinationInput,
  { checksum }: CopyRequest,
): Promise<Upload | undefined> {
  const { Bucket, Key, ExpectedBucketOwner } = destination;
  // The key itself is the first of all that begin with it, so one page has it.
  const { Uploads = [] } = await client.send(
    new ListMultipartUploadsCommand({ Bucket, ExpectedBucketOwner, Prefix: Key, EncodingType: 'url' }),
  );
  const found = Uploads.find(
    (upload) =>
      [upload.Key, decoded(upload.Key)].includes(Key) &&
      [undefined, checksum.algorithm].includes(upload.ChecksumAlgorithm) &&
      [undefined, checksum.type].includes(upload.ChecksumType),
  );
  return found && { ...target(destination), UploadId: found.UploadId };
}

/** The parts that are there. `undefined` where one of them is none of the plan: then none can be used. */
export async function listPartsOf(
  client: S3Client,
  upload: Upload,
  plan: readonly Part[],
): Promise<ReadonlyMap<number, CompletedPart> | undefined> {
  const done = new Map<number, CompletedPart>();
  let after: string | undefined;
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
    after = page.IsTruncated === true && page.Parts?.length ? page.NextPartNumberMarker : undefined;
  } while (after !== undefined);
  return done;
}

/** Best effort: the bucket's lifecycle rule sweeps up what this leaves. */
export async function abortUpload(client: S3Client, upload: Upload): Promise<void> {
  await client.send(new AbortMultipartUploadCommand(upload)).catch(() => undefined);
}

function target({ Bucket, Key, ExpectedBucketOwner }: DestinationInput) {
  return { Bucket, Key, ExpectedBucketOwner };
}

/** LocalStack does not encode although asked to (aws-facts 10), and `%` may then stand for itself. */
function decoded(key: string | undefined): string | undefined {
  try {
    return key === undefined ? undefined : decodeURIComponent(key.replaceAll('+', '%20'));
  } catch {
    return undefined;
  }
}
