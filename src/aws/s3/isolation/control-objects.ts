import type { Readable } from 'node:stream';
import {
  GetObjectCommand,
  type GetObjectCommandOutput,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { ControlObjects } from '../../../core/valve/control-objects.ts';
import { createSharedClock } from '../../../core/valve/shared-clock.ts';
import { dateOf } from '../../sdk/answer-date.ts';
import { errorClassOf, saysNoSuchKey } from '../../sdk/aws-errors.ts';
import { retryableAtIsolation } from '../../sdk/isolation-faults.ts';
import type { DestinationInput } from '../copy/copy-input.ts';
import { eTagOf, unquoted } from '../object/etag.ts';

export interface ControlObjectsOptions {
  readonly client: S3Client;
  readonly bucket: string;
  /** The account that owns the bucket. */
  readonly owner: string;
  readonly destination: (key: string) => DestinationInput;
}

/** A control object holds a few hundred bytes. A larger one is damaged, and is not read. */
const largestBytes = 64 * 1024;

/** Reads and writes the objects under `control/` of the isolation bucket. */
export function createControlObjects(options: ControlObjectsOptions): ControlObjects {
  const { client, bucket, owner, destination } = options;
  const timeOf = createTimeOfAnswers();
  return {
    async read(key) {
      try {
        const answer = await client.send(
          new GetObjectCommand({ Bucket: bucket, Key: key, ExpectedBucketOwner: owner }),
        );
        const text = await textOf(answer);
        const at = timeOf(answer);
        const { LastModified: lastModified = at } = answer;
        return { at, found: { text, eTag: eTagOf(answer, `GetObject of ${key}`), lastModified } };
      } catch (error) {
        // A 404 that S3 did not give must not end a pause.
        if (saysNoSuchKey(error)) return { at: timeOf(error) };
        throw retryableAtIsolation(error, `GetObject of ${key}`, 'read');
      }
    },

    async write(key, text, ifMatch) {
      try {
        const answer = await client.send(
          new PutObjectCommand({
            ...destination(key),
            Body: text,
            ContentType: 'application/json',
            ...(ifMatch === undefined ? { IfNoneMatch: '*' } : { IfMatch: `"${ifMatch}"` }),
          }),
        );
        // An answer without an ETag comes from a proxy. The next read shows what was written.
        const eTag = unquoted(answer.ETag);
        if (eTag === '') return { kind: 'conflict' };
        return { kind: 'written', eTag, at: timeOf(answer) };
      } catch (error) {
        const { kind } = errorClassOf(error);
        // S3 answers 404 to a condition on an ETag if the object was removed since it was read.
        if (kind === 'precondition-failed' || (kind === 'absent' && ifMatch !== undefined))
          return { kind: 'conflict' };
        throw retryableAtIsolation(error, `PutObject of ${key}`, 'put');
      }
    },
  };
}

/**
 * Returns the time of an answer. An answer without `Date` has the time that follows from the answers before it; this
 * host's clock counts only as long as S3 has named no date at all.
 */
function createTimeOfAnswers(): (answer: unknown) => Date {
  const clock = createSharedClock(() => performance.now());
  let isKnown = false;
  return (answer) => {
    const date = dateOf(answer);
    if (date === undefined) return isKnown ? clock.now() : new Date();
    isKnown = true;
    clock.heard(date);
    return date;
  };
}

async function textOf({ Body, ContentLength }: GetObjectCommandOutput): Promise<string> {
  if (ContentLength === undefined || ContentLength <= largestBytes)
    return (await Body?.transformToString()) ?? '';
  const body = Body as Readable | undefined;
  body?.on('error', () => undefined);
  body?.destroy();
  return '';
}
