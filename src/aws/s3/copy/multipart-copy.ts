import { type S3Client } from '@aws-sdk/client-s3';
import type { CopyRequest } from '../../../core/isolation-bucket.ts';
import type { PropertyName } from '../../../core/properties.ts';
import { awsErrorName } from '../../sdk/aws-errors.ts';
import { seeTagsIfAllowed } from '../object/object-tags.ts';
import { withAddedTags } from './added-tags.ts';
import { contentInput, type DestinationInput, taggingInput } from './copy-input.ts';
import { copyToUpload, finishUpload, type MultipartSettings, planOf } from './copy-parts.ts';
import { abortUpload, beginUpload, findUpload, listPartsOf } from './multipart-upload.ts';
import { carriedBy, metadataOf, planOfParts } from './property-plan.ts';
import { refusalOfStart } from './property-refusal.ts';
import { withFewerProperties } from './with-fewer-properties.ts';

export interface CopyClients {
  /** The client of the worker's own role, which alone may look for uploads that others started. */
  readonly own: S3Client;
  /** The client that may read the source and write the copy. */
  readonly copy: S3Client;
  readonly source: S3Client;
}

export interface PartsCopied {
  /** An earlier handling started the upload, and gave the copy its metadata and tags. */
  readonly resumed: boolean;
  readonly tagsCopied: boolean;
  readonly leftBehind?: readonly PropertyName[];
  readonly addedTags?: readonly string[];
}

/** Errors of a completion whose parts do not make up the object. */
const unusable: ReadonlySet<string> = new Set([
  'BadDigest',
  'InvalidPart',
  'InvalidRequest',
  'EntityTooSmall',
]);

/**
 * Copies a large object by parallel UploadPartCopy. Every part is copied on condition of the source's ETag.
 * An interrupted copy resumes from its finished parts. An upload that cannot be finished is aborted.
 */
export async function copyInParts(
  clients: CopyClients,
  request: CopyRequest,
  destination: DestinationInput,
  settings: MultipartSettings,
): Promise<PartsCopied> {
  const { own, copy: client } = clients;
  const plan = planOf(request, settings);
  const found = await findUpload(own, destination, request);
  const done = found && (await listPartsOf(client, found.upload, plan));
  if (found !== undefined && done !== undefined) {
    try {
      await finishUpload(client, found, request, plan, done, settings);
      return { resumed: true, tagsCopied: false };
    } catch (error) {
      // The parts of the found upload are not these bytes. With any other error the upload is usable, now or
      // later.
      if (!unusable.has(awsErrorName(error))) throw error;
    }
  } else if (found !== undefined) {
    await abortUpload(client, found.upload);
  }
  const { from, stored } = request;
  const tags = (await seeTagsIfAllowed(clients.source, from, stored))?.own;
  const begun = await withFewerProperties(
    request,
    withAddedTags(planOfParts(request, tags), request, tags),
    async () => tags,
    (by) => {
      const properties = {
        ...contentInput(by.headers?.contentHeaders ?? {}),
        ...taggingInput(by.tags ?? []),
      };
      return beginUpload(client, destination, request.checksum, { ...properties, Metadata: metadataOf(by) });
    },
    refusalOfStart,
  );
  await copyToUpload(client, begun.answer, request, settings);
  return { resumed: false, ...carriedBy(begun.plan) };
}
