import type { Readable } from 'node:stream';
import type { GetObjectCommandOutput } from '@aws-sdk/client-s3';
import { eTagOf, unquoted } from './etag.ts';

/**
 * Returns the bytes of an object. The bytes of an answer without an ETag are the page of a proxy: throws
 * `RetryableError`, and ends the answer.
 */
export function bodyOf(answer: GetObjectCommandOutput, call: string): AsyncIterable<Uint8Array> {
  if (unquoted(answer.ETag) === '') discard(answer.Body);
  eTagOf(answer, call);
  return answer.Body as AsyncIterable<Uint8Array>;
}

/** Ends an answer whose body is not read. Without a listener its error event would end the process. */
function discard(body: GetObjectCommandOutput['Body']): void {
  const stream = body as Readable | undefined;
  stream?.on('error', () => undefined);
  stream?.destroy();
}
