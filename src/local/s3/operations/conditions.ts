import type { S3Request } from '../http/http-request.ts';
import { preconditionFailed, S3Error } from '../s3-error.ts';
import type { Bucket, Version } from '../store/bucket.ts';

/** Checks the conditions on a read. Returns true if the caller's copy is still valid, which S3 answers with 304. */
export function notModified(headers: S3Request['headers'], version: Version): boolean {
  if (headers['if-match'] !== undefined && !matches(headers['if-match'], version))
    throw preconditionFailed('If-Match');
  const since = (name: string) => seconds(new Date(headers[name] ?? Number.NaN));
  if (headers['if-match'] === undefined && seconds(version.lastModified) > since('if-unmodified-since')) {
    throw preconditionFailed('If-Unmodified-Since');
  }
  if (headers['if-none-match'] !== undefined) return matches(headers['if-none-match'], version);
  return seconds(version.lastModified) <= since('if-modified-since');
}

/** Checks the conditions on the source of a copy, whose header names have a prefix. */
export function checkCopySource(headers: S3Request['headers'], version: Version): void {
  const of = (name: string) => headers[`x-amz-copy-source-${name}`];
  const fail = (name: string) => preconditionFailed(`x-amz-copy-source-${name}`);
  const match = of('if-match');
  if (match !== undefined && !matches(match, version)) throw fail('If-Match');
  const noneMatch = of('if-none-match');
  if (noneMatch !== undefined && matches(noneMatch, version)) throw fail('If-None-Match');
  const modified = seconds(version.lastModified);
  if (match === undefined && modified > seconds(new Date(of('if-unmodified-since') ?? Number.NaN))) {
    throw fail('If-Unmodified-Since');
  }
  if (modified <= seconds(new Date(of('if-modified-since') ?? Number.NaN))) throw fail('If-Modified-Since');
}

/** Checks the conditions on the object that a put, copy or completion would replace. */
export function checkDestination(headers: S3Request['headers'], bucket: Bucket, key: string): void {
  const current = currentObject(bucket, key);
  const noneMatch = headers['if-none-match'];
  if (noneMatch !== undefined && noneMatch !== '*') throw new S3Error('NotImplemented');
  if (noneMatch === '*' && current) throw preconditionFailed('If-None-Match');
  const match = headers['if-match'];
  if (match === undefined) return;
  if (!current) throw new S3Error('NoSuchKey', undefined, { details: { Key: key } });
  if (!matches(match, current)) throw preconditionFailed('If-Match');
}

/** `If-Match` on a delete compares only the current version, whichever version is to be deleted (aws-facts 2). */
export function checkDelete(headers: S3Request['headers'], bucket: Bucket, key: string): void {
  const match = headers['if-match'];
  if (match === undefined) return;
  const current = currentObject(bucket, key);
  if (!current) throw new S3Error('NoSuchKey', undefined, { details: { Key: key } });
  if (!matches(match, current)) throw preconditionFailed('If-Match');
}

export function currentObject(bucket: Bucket, key: string): Version | undefined {
  const current = bucket.objects.get(key)?.[0];
  return current?.isMarker === false ? current : undefined;
}

function matches(header: string, version: Version): boolean {
  return header
    .split(',')
    .some((eTag) => ['*', version.eTag].includes(eTag.trim().replace(/^"(.*)"$/, '$1')));
}

/** HTTP dates have no fractions of a second. */
function seconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}
