import { GetObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { createBoundedSet } from '../../../core/bounded-set.ts';
import { RetryableError } from '../../../core/errors.ts';
import type { IsolationBucket } from '../../../core/isolation-bucket.ts';
import { errorClassOf, errorClassOfHead, saysNoSuchKey } from '../../sdk/aws-errors.ts';
import { retryableAtIsolation } from '../../sdk/isolation-faults.ts';
import type { DestinationInput } from '../copy/copy-input.ts';
import { type CopierOptions, createCopier } from '../copy/copy-to-isolation.ts';
import { eTagOf, unquoted } from '../object/etag.ts';
import { hashObject } from '../object/hash-object.ts';
import { sizeByRange } from '../object/size-by-range.ts';
import { storedObject } from '../object/stored-object.ts';
import { listCopies } from './list-copies.ts';

export interface IsolationBucketOptions extends CopierOptions {
  readonly name: string;
  readonly region: string;
  /** The account that owns the bucket, which is the account of the queue. */
  readonly owner: string;
  /** If absent, the bucket's default encryption applies. */
  readonly kmsKeyId?: string;
}

/** Returns the destination and the encryption of every object that is created in the isolation bucket. */
export function destinationIn(
  options: Pick<IsolationBucketOptions, 'name' | 'owner' | 'kmsKeyId'>,
): (key: string) => DestinationInput {
  return (key) => ({
    Bucket: options.name,
    Key: key,
    ExpectedBucketOwner: options.owner,
    ...(options.kmsKeyId !== undefined && {
      ServerSideEncryption: 'aws:kms' as const,
      SSEKMSKeyId: options.kmsKeyId,
      BucketKeyEnabled: true as const,
    }),
  });
}

/** How many keys are remembered as existing. */
const remembered = 1_000;

export function createIsolationBucket(options: IsolationBucketOptions): IsolationBucket {
  const { client, name, owner } = options;
  const destination = destinationIn(options);
  const address = (key: string) => ({ Bucket: name, Key: key, ExpectedBucketOwner: owner });

  const known = createBoundedSet(remembered);

  return {
    name,
    region: options.region,

    copy: createCopier(options, destination),

    async head(key) {
      try {
        const answer = await client.send(new HeadObjectCommand({ ...address(key), ChecksumMode: 'ENABLED' }));
        const at = { bucket: name, key, owner, eTag: unquoted(answer.ETag) };
        const ContentLength = answer.ContentLength ?? (await sizeByRange(client, at));
        // If an unknown size counted as 0, an intact copy would not verify.
        if (ContentLength === undefined) {
          throw new RetryableError('AnswerWithoutLength', 'HEAD does not say how large the copy is');
        }
        return storedObject({ ...answer, ContentLength });
      } catch (error) {
        if (errorClassOfHead(error)?.kind === 'absent') return undefined;
        throw retryableAtIsolation(error, 'HeadObject at the isolation bucket', 'read');
      }
    },

    async hash(key, stored, algorithm) {
      const { eTag, sizeBytes } = stored;
      return hashObject(client, { bucket: name, key, eTag, sizeBytes, owner, algorithm }).catch(
        (error: unknown) => {
          throw retryableAtIsolation(error, 'GetObject at the isolation bucket', 'read');
        },
      );
    },

    async put(key, json) {
      try {
        const answer = await client.send(
          new PutObjectCommand({
            ...destination(key),
            Body: json,
            ContentType: 'application/json',
            IfNoneMatch: '*',
          }),
        );
        // An answer without an ETag comes from a proxy and is not believed. The proxy may answer the HEAD too.
        if (unquoted(answer.ETag) === '')
          eTagOf(await client.send(new HeadObjectCommand(address(key))), `HeadObject of ${key}`);
        known.add(key);
        return 'written';
      } catch (error) {
        if (errorClassOf(error).kind === 'precondition-failed') {
          known.add(key);
          return 'exists';
        }
        throw retryableAtIsolation(error, 'PutObject at the isolation bucket', 'put');
      }
    },

    holds: (key) => known.has(key),

    async get(key) {
      try {
        const answer = await client.send(new GetObjectCommand({ ...address(key), ChecksumMode: 'ENABLED' }));
        const text = await answer.Body?.transformToString();
        // A page of a proxy would count as the record of another object.
        eTagOf(answer, `GetObject of ${key}`);
        return text;
      } catch (error) {
        if (saysNoSuchKey(error)) return undefined;
        throw retryableAtIsolation(error, 'GetObject at the isolation bucket', 'read');
      }
    },

    async list(prefix) {
      try {
        return await listCopies(client, { bucket: name, owner, prefix });
      } catch (error) {
        throw retryableAtIsolation(error, 'ListObjectsV2 at the isolation bucket', 'list');
      }
    },
  };
}
