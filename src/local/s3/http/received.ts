import type { IncomingMessage } from 'node:http';
import { S3Error } from '../s3-error.ts';

/** A request as it arrived; signature and limits concern this form. */
export interface Received {
  readonly method: string;
  /** Decoded, and never normalised: `..` and `//` are parts of names. */
  readonly path: string;
  readonly query: readonly (readonly [name: string, value: string])[];
  /** By header names in lower case. Each character of a value is one byte. */
  readonly headers: ReadonlyMap<string, string>;
  readonly headerBytes: number;
  /** Not yet decoded if the body is `aws-chunked`. */
  readonly body: Buffer;
}

export async function receive(incoming: IncomingMessage): Promise<Received> {
  const [path, query] = splitOnce(incoming.url ?? '/', '?');
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const pairs = query.split('&').filter((pair) => pair !== '');
  const { rawHeaders } = incoming;
  return {
    method: incoming.method ?? 'GET',
    path: decode(path),
    query: pairs.map((pair) => {
      const [name, value] = splitOnce(pair, '=');
      return [decode(name), decode(value)];
    }),
    headers: headersOf(rawHeaders),
    // Each header line has two more characters between name and value, and two at its end.
    headerBytes: rawHeaders.reduce((sum, text) => sum + text.length + 2, 0),
    body: Buffer.concat(chunks),
  };
}

function headersOf(rawHeaders: readonly string[]): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase();
    const value = rawHeaders[index + 1] ?? '';
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before},${value}`);
  }
  return headers;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new S3Error('InvalidURI');
  }
}

export function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + separator.length)];
}
