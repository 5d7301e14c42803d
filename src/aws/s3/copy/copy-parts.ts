import {
  type CompletedPart,
  CompleteMultipartUploadCommand,
  type S3Client,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import pLimit, { type LimitFunction } from 'p-limit';
import { HandedBackError } from '../../../core/errors.ts';
import type { CopyRequest } from '../../../core/isolation-bucket.ts';
import { isTransient } from '../../sdk/aws-errors.ts';
import { quoted } from '../object/etag.ts';
import { copyOptions, destinationCondition } from './copy-input.ts';
import { copySource } from './copy-source.ts';
import { abortUpload, type Begun, type Upload } from './multipart-upload.ts';
import { type Part, partsOfSizes, planParts } from './part-plan.ts';

export interface MultipartSettings {
  readonly partBytes: number;
  /** All copies of the process share this limit, so that a large object does not starve the others. */
  readonly limit: LimitFunction;
}

/** Copies all parts to an upload that was started for them. */
export async function copyToUpload(
  client: S3Client,
  begun: Begun,
  request: CopyRequest,
  settings: MultipartSettings,
): Promise<void> {
  await finishUpload(client, begun, request, planOf(request, settings), undefined, settings);
}

export function planOf(
  { stored, partSizes }: CopyRequest,
  { partBytes }: MultipartSettings,
): readonly Part[] {
  return partSizes ? partsOfSizes(partSizes) : planParts(stored.sizeBytes, partBytes);
}

/** S3 assembles the parts of a large object for minutes, and sends white space meanwhile. */
const completionTimeoutMs = 15 * 60_000;

/**
 * Copies the missing parts and completes the upload. If the error is permanent, the upload is aborted.
 * Otherwise it is left so that it can be resumed.
 */
export async function finishUpload(
  client: S3Client,
  { upload, withChecksum }: Begun,
  request: CopyRequest,
  plan: readonly Part[],
  done: ReadonlyMap<number, CompletedPart> | undefined,
  settings: MultipartSettings,
): Promise<void> {
  const { algorithm, type, value } = request.checksum;
  try {
    const parts = await copyParts(client, upload, request, plan, done, settings);
    await client.send(
      new CompleteMultipartUploadCommand({
        ...upload,
        ...destinationCondition(request.over),
        MpuObjectSize: request.stored.sizeBytes,
        ...(withChecksum && { ChecksumType: type }),
        // Parts of another handling must make up exactly these bytes. A copy with only new parts is verified
        // afterwards.
        ...(done && withChecksum && type === 'FULL_OBJECT' && { [`Checksum${algorithm}`]: value }),
        MultipartUpload: { Parts: parts },
      }),
      { requestTimeout: completionTimeoutMs },
    );
  } catch (error) {
    if (!isTransient(error)) await abortUpload(client, upload);
    throw error;
  }
}

/** Copies all parts, or throws the first error. After an error no further part is started. */
async function copyParts(
  client: S3Client,
  upload: Upload,
  request: CopyRequest,
  plan: readonly Part[],
  done: ReadonlyMap<number, CompletedPart> | undefined,
  { limit }: MultipartSettings,
): Promise<CompletedPart[]> {
  const { from, signal, stored } = request;
  let failed = false;
  const copyPart = async (part: Part): Promise<CompletedPart | undefined> => {
    const there = done?.get(part.partNumber);
    if (there !== undefined || failed) return there;
    try {
      if (signal?.aborted) throw new HandedBackError();
      const answer = await client.send(
        new UploadPartCopyCommand({
          ...upload,
          PartNumber: part.partNumber,
          CopySource: copySource(from, stored.versionId),
          CopySourceIfMatch: quoted(stored.eTag),
          // S3 accepts no range for an object below 5 MB, not even the whole range.
          ...(plan.length > 1 && { CopySourceRange: `bytes=${part.firstByte}-${part.lastByte}` }),
          ExpectedSourceBucketOwner: from.accountId,
        }),
        copyOptions(part.lastByte - part.firstByte + 1),
      );
      return { PartNumber: part.partNumber, ...answer.CopyPartResult };
    } catch (error) {
      failed = true;
      throw error;
    }
  };
  // Only a few parts of each copy wait for the shared limit at a time, so that they do not block the parts of
  // another copy.
  const own = pLimit(limit.concurrency);
  const ends = await Promise.allSettled(plan.map((part) => own(() => limit(() => copyPart(part)))));
  const parts: CompletedPart[] = [];
  for (const end of ends) {
    if (end.status === 'rejected') throw end.reason;
    if (end.value) parts.push(end.value);
  }
  return parts;
}
