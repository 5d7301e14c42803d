import {
  AbortMultipartUploadCommand,
  type ChecksumAlgorithm,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectTaggingCommand,
  type S3Client,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import type { LimitFunction } from 'p-limit';
import type { CopyRequest } from '../core/ports.ts';
import { faultOf } from './aws-errors.ts';
import type { DestinationInput } from './copy-input.ts';
import { answerTimeoutMs, contentInput } from './copy-input.ts';
import { copySource, quoted } from './copy-source.ts';
import { type Part, planParts } from './part-plan.ts';

export interface MultipartSettings {
  readonly partBytes: number;
  /** Shared by all copies of the process, so that one large object does not starve the others. */
  readonly limit: LimitFunction;
}

/**
 * Copies a large object by parallel UploadPartCopy. Nothing is inherited in this way, so metadata,
 * content headers, tags and checksum are set here, and every part repeats the condition on the source.
 * What fails is aborted; S3's answer to the completion is checked by reading the copy.
 */
export async function copyInParts(
  client: S3Client,
  sourceClient: S3Client,
  request: CopyRequest,
  destination: DestinationInput,
  settings: MultipartSettings,
): Promise<{ readonly tagsCopied: boolean }> {
  const tagging = await readTagging(sourceClient, request);
  const algorithm = request.checksumAlgorithm as ChecksumAlgorithm;
  const created = await client.send(
    new CreateMultipartUploadCommand({
      ...destination,
      ...contentInput(request.stored.contentHeaders),
      Metadata: { ...(request.metadata ?? request.stored.metadata) },
      ...(tagging !== undefined && tagging !== '' && { Tagging: tagging }),
      ChecksumAlgorithm: algorithm,
      ChecksumType: 'FULL_OBJECT',
    }),
  );
  const upload = { ...target(destination), UploadId: created.UploadId };
  try {
    const parts = await copyParts(client, upload, request, settings);
    await client.send(
      new CompleteMultipartUploadCommand({
        ...upload,
        IfNoneMatch: '*',
        MpuObjectSize: request.stored.sizeBytes,
        ChecksumType: 'FULL_OBJECT',
        MultipartUpload: { Parts: parts },
      }),
    );
    return { tagsCopied: tagging !== undefined };
  } catch (error) {
    // Best effort: the bucket's lifecycle rule sweeps up what this leaves.
    await client.send(new AbortMultipartUploadCommand(upload)).catch(() => undefined);
    throw error;
  }
}

/** All parts, or the first error; after one no further part is begun, so that the abort leaves none behind. */
async function copyParts(
  client: S3Client,
  upload: ReturnType<typeof target> & { UploadId: string | undefined },
  request: CopyRequest,
  { partBytes, limit }: MultipartSettings,
): Promise<CompletedPart[]> {
  const { from, stored } = request;
  let failed = false;
  const copyPart = async (part: Part): Promise<CompletedPart | undefined> => {
    if (failed) return undefined;
    const bytes = part.lastByte - part.firstByte + 1;
    try {
      const answer = await client.send(
        new UploadPartCopyCommand({
          ...upload,
          PartNumber: part.partNumber,
          CopySource: copySource(from, stored.versionId),
          CopySourceIfMatch: quoted(stored.eTag),
          CopySourceRange: `bytes=${part.firstByte}-${part.lastByte}`,
          ExpectedSourceBucketOwner: from.accountId,
        }),
        { requestTimeout: answerTimeoutMs(bytes) },
      );
      return { PartNumber: part.partNumber, ...answer.CopyPartResult };
    } catch (error) {
      failed = true;
      throw error;
    }
  };
  const plan = planParts(stored.sizeBytes, partBytes);
  const ends = await Promise.allSettled(plan.map((part) => limit(() => copyPart(part))));
  const parts: CompletedPart[] = [];
  for (const end of ends) {
    if (end.status === 'rejected') throw end.reason;
    if (end.value) parts.push(end.value);
  }
  return parts;
}

/** `undefined`: they may not be read. That must not leave the data exposed; the record says it. */
async function readTagging(client: S3Client, { from, stored }: CopyRequest): Promise<string | undefined> {
  try {
    const answer = await client.send(
      new GetObjectTaggingCommand({
        Bucket: from.bucket,
        Key: from.key,
        VersionId: stored.versionId,
        ExpectedBucketOwner: from.accountId,
      }),
    );
    const pairs = (answer.TagSet ?? []).map((tag): [string, string] => [tag.Key ?? '', tag.Value ?? '']);
    return new URLSearchParams(pairs).toString();
  } catch (error) {
    if (faultOf(error).kind === 'denied') return undefined;
    throw error;
  }
}

function target({ Bucket, Key, ExpectedBucketOwner }: DestinationInput) {
  return { Bucket, Key, ExpectedBucketOwner };
}
