import { HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { provableByMultipart } from '../../../core/checksum.ts';
import { maximumSingleCopyBytes } from '../../../core/copy/proof.ts';
import { RefusedError, RetryableError } from '../../../core/errors.ts';
import type { CopyAnswer, CopyRequest, IsolationBucket } from '../../../core/isolation-bucket.ts';
import { awsErrorName, errorClassOf, isNotTaken, isTransient } from '../../sdk/aws-errors.ts';
import type { ErrorClass } from '../../sdk/error-class.ts';
import { isIsolationFault, retryableAtIsolation } from '../../sdk/isolation-faults.ts';
import { errorClassOfRead, whyDenied } from '../object/why-unreadable.ts';
import { type DestinationInput } from './copy-input.ts';
import { type MultipartSettings } from './copy-parts.ts';
import { copyInParts } from './multipart-copy.ts';
import { createSingleCopier, type SingleCopierOptions } from './single-copy.ts';

export interface CopierOptions extends SingleCopierOptions {
  readonly multipartThresholdBytes: number;
  readonly multipart: MultipartSettings;
}

/** Only a read of the source can tell whether these errors concern the source or the isolation side. */
const refusals: ReadonlySet<ErrorClass['kind']> = new Set(['denied', 'refused', 'no-such-bucket']);

/** Copies inside S3, in one call or in parts, and leaves out options that the store does not support. */
export function createCopier(
  options: CopierOptions,
  destination: (key: string) => DestinationInput,
): IsolationBucket['copy'] {
  const { client, copyClientFor = () => client } = options;
  const copyWhole = createSingleCopier(options, destination);

  const copyParts = async (request: CopyRequest): Promise<CopyAnswer> => {
    const { from } = request;
    const clients = { own: client, copy: copyClientFor(from), source: options.sourceClientFor(from) };
    const to = destination(request.isolationKey);
    // Otherwise only the completion would report that the copy exists, after every part had been copied.
    if (await isThere(client, to)) return { kind: 'precondition-failed' };
    try {
      const done = await copyInParts(clients, request, to, options.multipart);
      return { kind: 'copied', ...done };
    } catch (error) {
      if (request.stored.sizeBytes > maximumSingleCopyBytes || !isNotTaken(error)) throw error;
      // A copy in one call would have a different checksum than a copy with these parts.
      if (request.partSizes !== undefined) return { kind: 'parts-not-taken' };
      return await copyWhole(request, 'with-tags');
    }
  };

  const fits = ({ checksum, metadata, partSizes, stored }: CopyRequest) => {
    if (partSizes !== undefined) return false;
    if (stored.sizeBytes <= options.multipartThresholdBytes) return true;
    // An upload in parts cannot show every checksum, and cannot carry metadata that HTTP cannot repeat.
    const needsOneCopy = metadata === undefined || !provableByMultipart(checksum.algorithm);
    return needsOneCopy && stored.sizeBytes <= maximumSingleCopyBytes;
  };

  return async (request) => {
    try {
      return fits(request) ? await copyWhole(request, 'with-tags') : await copyParts(request);
    } catch (error) {
      const { kind } = errorClassOf(error);
      const isUnmet = unmet.has(kind);
      const mayBeOurs = refusals.has(kind) || isIsolationFault(error, 'copy');
      // If the answer of a completion was lost, the upload is gone. The object at the key then decides.
      if ((isUnmet && !mayBeOurs) || awsErrorName(error) === 'NoSuchUpload')
        return { kind: 'precondition-failed' };
      if (!mayBeOurs || isTransient(error)) throw refused(error);
      const ofRead = await readSource(options, request);
      if (ofRead !== undefined) {
        if (isUnmet) return { kind: 'precondition-failed' };
        throw await unreadable(options, request, ofRead, error);
      }
      if (!fits(request) || kind !== 'denied') throw refused(error);
      // The object itself can be read. If only its tags cannot be read, they are left behind.
      return copyWhole(request, 'without-tags').catch((second: unknown) => {
        if (errorClassOf(second).kind === 'precondition-failed')
          return { kind: 'precondition-failed' } as const;
        throw refused(second);
      });
    }
  };
}

const refused = (error: unknown): RetryableError => retryableAtIsolation(error, 'CopyObject', 'copy');

/** If the worker may not look, it continues: the completion will tell. */
async function isThere(
  client: S3Client,
  { Bucket, Key, ExpectedBucketOwner }: DestinationInput,
): Promise<boolean> {
  try {
    await client.send(new HeadObjectCommand({ Bucket, Key, ExpectedBucketOwner }));
    return true;
  } catch (error) {
    if (isTransient(error)) throw error;
    return false;
  }
}

/**
 * The source has changed, or the destination exists. An answer of 404 or 405 does not say so if the source can be
 * read.
 */
const unmet: ReadonlySet<ErrorClass['kind']> = new Set(['precondition-failed', 'absent', 'delete-marker']);

function readSource(options: CopierOptions, { from, stored }: CopyRequest): Promise<ErrorClass | undefined> {
  return errorClassOfRead(options.sourceClientFor(from), from, stored.versionId);
}

/**
 * A refused copy concerns the source only if the source cannot be read. Otherwise the cause is the isolation
 * side, and the message must wait and not be parked.
 */
async function unreadable(
  options: CopierOptions,
  { from }: CopyRequest,
  errorClass: ErrorClass,
  error: unknown,
): Promise<RetryableError | RefusedError> {
  const because = { cause: error };
  switch (errorClass.kind) {
    case 'denied': {
      const reason = await whyDenied(options.sourceClientFor(from), from);
      return new RefusedError(reason, 'the source may not be read', because);
    }
    case 'refused':
      return new RefusedError(errorClass.reason, 'the source cannot be read', because);
    default:
      return new RetryableError(
        awsErrorName(error),
        'CopyObject failed and the source cannot be read',
        because,
      );
  }
}
