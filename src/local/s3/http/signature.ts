import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { S3Error } from '../s3-error.ts';
import type { Received } from './received.ts';

/** The content of the `Authorization` header of Signature Version 4. */
export interface Authorization {
  readonly accessKeyId: string;
  readonly date: string;
  readonly region: string;
  readonly scope: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

export function authorizationOf(header = ''): Authorization | undefined {
  const found =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/((\d{8})\/([^/]+)\/s3\/aws4_request), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      header,
    );
  if (!found) return undefined;
  const [, accessKeyId = '', scope = '', date = '', region = '', signedHeaders = '', signature = ''] = found;
  return { accessKeyId, scope, date, region, signedHeaders: signedHeaders.split(';'), signature };
}

/**
 * Throws the error that S3 answers unless the request was signed with the secret over the bytes that arrived.
 * A header value beyond ASCII that was signed in one encoding and sent in another does not match.
 */
export function checkSignature(received: Received, secretAccessKey: string): void {
  const { headers } = received;
  if (received.query.some(([name]) => name === 'X-Amz-Signature')) {
    throw new S3Error('NotImplemented', 'The stand-in knows no presigned requests');
  }
  const header = headers.get('authorization');
  if (header === undefined) throw new S3Error('AccessDenied');
  const authorization = authorizationOf(header);
  if (!authorization) throw new S3Error('NotImplemented', 'The stand-in knows Signature Version 4 only');
  const unsigned = [...headers.keys()].filter(
    (name) => mustBeSigned(name) && !authorization.signedHeaders.includes(name),
  );
  if (unsigned.length > 0) {
    throw new S3Error('AccessDenied', 'There were headers present in the request which were not signed', {
      details: { HeadersNotSigned: unsigned.join(', ') },
    });
  }
  const expected = signatureOf(received, authorization, secretAccessKey);
  if (!timingSafeEqual(Buffer.from(expected), Buffer.from(authorization.signature))) {
    throw new S3Error('SignatureDoesNotMatch');
  }
  checkPayload(received);
}

function mustBeSigned(header: string): boolean {
  return header === 'host' || header.startsWith('x-amz-');
}

function signatureOf(
  received: Received,
  { date, region, scope, signedHeaders }: Authorization,
  secret: string,
) {
  const canonicalRequest = [
    received.method,
    received.path.split('/').map(encode).join('/'),
    canonicalQuery(received.query),
    ...signedHeaders.map((name) => `${name}:${canonicalValue(received.headers.get(name) ?? '')}`),
    '',
    signedHeaders.join(';'),
    received.headers.get('x-amz-content-sha256') ?? '',
  ].join('\n');
  const hash = sha256(Buffer.from(canonicalRequest, 'latin1'));
  const toSign = ['AWS4-HMAC-SHA256', received.headers.get('x-amz-date') ?? '', scope, hash].join('\n');
  const key = [date, region, 's3', 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${secret}`);
  return hmac(key, toSign).toString('hex');
}

function canonicalQuery(query: Received['query']): string {
  const pairs = query.map(([name, value]) => [encode(name), encode(value)] as const);
  return pairs
    .sort(([a, aValue], [b, bValue]) => (a === b ? compare(aValue, bValue) : compare(a, b)))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Each character is one byte. So `\s` cannot be used, because it would treat 0xA0 as a space. */
function canonicalValue(value: string): string {
  return value.replace(/[ \t]+/g, ' ').trim();
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function checkPayload({ headers, body }: Received): void {
  const claimed = headers.get('x-amz-content-sha256') ?? '';
  if (claimed === 'UNSIGNED-PAYLOAD' || claimed === 'STREAMING-UNSIGNED-PAYLOAD-TRAILER') return;
  if (claimed.startsWith('STREAMING-')) {
    throw new S3Error('NotImplemented', 'The stand-in does not check the signatures of chunks');
  }
  if (claimed !== sha256(body)) throw new S3Error('XAmzContentSHA256Mismatch');
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
