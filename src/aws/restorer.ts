import {
  type ChecksumAlgorithm,
  CopyObjectCommand,
  type CopyObjectCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { provableByMultipart } from '../core/checksum.ts';
import { RefusedError } from '../core/errors.ts';
import type { ObjectAddress } from '../core/finding.ts';
import type { RestoreRequest, Restorer } from '../core/ports.ts';
import { maximumSingleCopyBytes } from '../core/proof.ts';
import { releaseMark } from '../core/release-records.ts';
import { faultOf, retryable } from './aws-errors.ts';
import { answerTimeoutMs, contentInput } from './copy-input.ts';
import { copySource, quoted } from './copy-source.ts';
import { copyInPartsAnew, type MultipartSettings } from './multipart-copy.ts';
import { encodeTags, readTags, type Tag } from './object-tags.ts';

export interface RestorerOptions {
  readonly isolationBucket: string;
  /** The isolation bucket's account. */
  readonly owner: string;
  readonly isolationClient: S3Client;
  /** The client that may read the isolation bucket and write where the object came from. */
  readonly clientFor: (object: ObjectAddress) => S3Client;
  readonly multipartThresholdBytes: number;
  readonly multipart: MultipartSettings;
}

/** S3's limit for an object's tags. */
const maximumTags = 10;

/** Puts isolated objects back, with the operator's rights: the worker has none to write at the source. */
export function createRestorer(options: RestorerOptions): Restorer {
  const { isolationBucket, owner, isolationClient, clientFor } = options;

  const restore = async ({ fromKey, isolated, metadata, to }: RestoreRequest): Promise<void> => {
    const client = clientFor(to);
    const from = { accountId: owner, bucket: isolationBucket, key: fromKey };
    const marked = mark(await readTags(isolationClient, from, undefined), metadata, isolated.missingMetadata);
    const destination = { Bucket: to.bucket, Key: to.key, ExpectedBucketOwner: to.accountId };
    const { checksum, sizeBytes } = isolated;
    const hasProof = checksum?.type === 'COMPOSITE' || provableByMultipart(checksum?.algorithm ?? '');
    // Metadata that cannot be repeated only one CopyObject takes along.
    const fits = isolated.missingMetadata > 0 && sizeBytes <= maximumSingleCopyBytes;
    if (sizeBytes > options.multipartThresholdBytes && !fits && checksum !== undefined && hasProof) {
      const request = { from, stored: isolated, toKey: to.key, checksum, ...marked };
      const clients = { copy: client, source: isolationClient };
      await copyInPartsAnew(clients, request, destination, options.multipart);
      return;
    }
    const input: CopyObjectCommandInput = {
      ...destination,
      IfNoneMatch: '*',
      CopySource: copySource(from, undefined),
      CopySourceIfMatch: quoted(isolated.eTag),
      ExpectedSourceBucketOwner: owner,
      TaggingDirective: 'REPLACE',
      Tagging: marked.tagging,
      ...(checksum && { ChecksumAlgorithm: checksum.algorithm as ChecksumAlgorithm }),
      ...(marked.metadata
        ? {
            MetadataDirective: 'REPLACE',
            Metadata: marked.metadata,
            ...contentInput(isolated.contentHeaders),
          }
        : { MetadataDirective: 'COPY' }),
    };
    await client.send(new CopyObjectCommand(input), { requestTimeout: answerTimeoutMs(sizeBytes) });
  };

  return {
    async restore(request) {
      try {
        await restore(request);
        return 'restored';
      } catch (error) {
        const fault = faultOf(error);
        if (fault.kind === 'precondition-failed') return 'occupied';
        if (fault.kind === 'denied') {
          throw new RefusedError('access-denied', 'the object may not be put back', { cause: error });
        }
        throw retryable(error, 'CopyObject');
      }
    },

    async isMarked(object, stored) {
      if (releaseMark in stored.metadata) return true;
      try {
        const tags = await readTags(clientFor(object), object, stored.versionId);
        return tags.some(([key]) => key === releaseMark);
      } catch (error) {
        throw retryable(error, 'GetObjectTagging');
      }
    },
  };
}

/** A tag where there is room for one more, else user metadata. */
function mark(all: Tag[], metadata: Readonly<Record<string, string>>, missingMetadata: number) {
  // An object that is released a second time brings the first mark along.
  const tags = all.filter(([key]) => key !== releaseMark);
  const hasRoom = tags.length < maximumTags;
  // What HEAD cannot show can only travel as it is, and then nothing can be added to it.
  if (!hasRoom && missingMetadata > 0) throw new Error('neither tags nor metadata have room for the mark');
  if (!hasRoom) return { tagging: encodeTags(tags), metadata: { ...metadata, [releaseMark]: 'true' } };
  const tagging = encodeTags([...tags, [releaseMark, 'true']]);
  return missingMetadata > 0 ? { tagging } : { tagging, metadata };
}
