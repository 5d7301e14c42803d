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
      const errorClass = errorClassOf(error);
      if (unmet.has(errorClass.kind)) return { kind: 'precondition-failed' };
      // If the answer of a completion was lost, the upload is gone. The object at the key then decides.
      if (awsErrorName(error) === 'NoSuchUpload') return { kind: 'precondition-failed' };
      const mayBeOurs = refusals.has(errorClass.kind) || isIsolationFault(error);
      if (!mayBeOurs || isTransient(error)) throw retryableAtIsolation(error, 'CopyObject');
      await refuseUnreadable(options, request, error);
      if (!fits(request) || errorClass.kind !== 'denied') throw retryableAtIsolation(error, 'CopyObject');
      // The object itself can be read. If only its tags cannot be read, they are left behind.
      return copyWhole(request, 'without-tags').catch((second: unknown) => {
        if (errorClassOf(second).kind === 'precondition-failed')
          return { kind: 'precondition-failed' } as const;
        throw retryableAtIsolation(second, 'CopyObject');
      });
    }
  };
}

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

/** The source has changed, or the destination exists. */
const unmet: ReadonlySet<ErrorClass['kind']> = new Set(['precondition-failed', 'absent', 'delete-marker']);

/**
 * A refused copy concerns the source only if the source cannot be read. Otherwise the cause is the isolation
 * side, and the message must wait and not be parked.
 */
async function refuseUnreadable(options: CopierOptions, request: CopyRequest, error: unknown): Promise<void> {
  const { from, stored } = request;
  const client = options.sourceClientFor(from);
  const errorClass = await errorClassOfRead(client, from, stored.versionId);
  switch (errorClass?.kind) {
    case 'denied':
      throw new RefusedError(await whyDenied(client, from), 'the source may not be read', { cause: error });
    case 'refused':
      throw new RefusedError(errorClass.reason, 'the source cannot be read', { cause: error });
    case undefined:
      return;
    default:
      throw new RetryableError(awsErrorName(error), 'CopyObject failed and the source cannot be read', {
        cause: error,
      });
  }
}
