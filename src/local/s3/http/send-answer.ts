import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { S3Answer } from '../exchange.ts';
import { read, sizeOf, slice, toBuffer } from '../store/content.ts';
import type { S3Request } from './http-request.ts';

/** Sends an answer. With `breaks` the connection breaks in the middle of the content. */
export async function sendAnswer(
  response: ServerResponse,
  request: S3Request | undefined,
  answer: S3Answer,
  breaks = false,
): Promise<void> {
  const headers = Object.entries({ 'x-amz-request-id': 'STANDIN', ...answer.headers });
  for (const [name, value] of headers) if (value !== undefined) response.setHeader(name, value);
  response.statusCode = answer.status ?? 200;
  if (answer.xml !== undefined) {
    response.setHeader('content-type', 'application/xml');
    response.setHeader('content-length', Buffer.byteLength(answer.xml));
  }
  if (breaks && answer.content) {
    const half = slice(answer.content, 0, Math.floor(sizeOf(answer.content) / 2));
    response.write(toBuffer(half), () => response.destroy());
  } else if (request?.method === 'HEAD') response.end();
  else if (answer.content) await pipeline(Readable.from(read(answer.content)), response);
  else response.end(answer.xml);
}
