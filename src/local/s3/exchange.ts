import type { Content } from './content.ts';
import { arnOf, denied } from './denial.ts';
import type { S3Request } from './http-request.ts';
import { authorize, isDenied } from './permissions.ts';
import { S3Error } from './s3-error.ts';
import { authorizationOf } from './signature.ts';
import type { Bucket, Store, Version } from './store.ts';

/** What every operation is given. */
export interface Exchange {
  readonly store: Store;
  readonly request: S3Request;
  readonly now: () => Date;
  readonly limits: Limits;
  /** The account that everybody speaks for. */
  readonly caller: string;
  /** The ARN of whoever signed. */
  readonly principal: string;
}

export interface Limits {
  readonly minimumPartBytes: number;
  readonly maximumCopyBytes: number;
}

export interface S3Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly xml?: string;
  readonly content?: Content;
}

export type Operation = (exchange: Exchange) => S3Answer;

/** The bucket that is addressed, if it is in this region, belongs to whom the caller expects, and lets them. */
export function addressedBucket(exchange: Exchange): Bucket {
  const { store, request } = exchange;
  const bucket = store.bucket(request.bucket);
  const signedFor = authorizationOf(request.headers['authorization'])?.region;
  if (signedFor !== undefined && signedFor !== bucket.region && request.operation !== 'GetBucketLocation') {
    throw new S3Error('PermanentRedirect', undefined, { headers: { 'x-amz-bucket-region': bucket.region } });
  }
  expectOwner(bucket, request.headers['x-amz-expected-bucket-owner']);
  authorize(exchange, bucket);
  return bucket;
}

export function expectOwner(bucket: Bucket, expected: string | undefined): void {
  if (expected !== undefined && expected !== bucket.owner) throw new S3Error('AccessDenied');
}

/** The version named, or the current one, as GET and HEAD see it. Throws what S3 answers where there is none. */
export function findVersion(
  { request, principal }: Exchange,
  bucket: Bucket,
  key: string,
  versionId: string | undefined,
): Version {
  // Who may not list does not get to know what is not there.
  const absent = (code: 'NoSuchKey' | 'NoSuchVersion', more: ConstructorParameters<typeof S3Error>[2]) =>
    isDenied(bucket, 's3:ListBucket', request)
      ? denied(principal, 's3:ListBucket', arnOf(bucket.name))
      : new S3Error(code, undefined, more);
  if (versionId === '') throw new S3Error('InvalidArgument', 'Version id cannot be the empty string');
  const versions = bucket.objects.get(key) ?? [];
  if (versionId === undefined) {
    const [current] = versions;
    if (current && !current.isMarker) return current;
    const headers = current ? { 'x-amz-delete-marker': 'true', 'x-amz-version-id': current.id } : {};
    throw absent('NoSuchKey', { headers, details: { Key: key } });
  }
  const found = versions.find(({ id }) => id === versionId);
  if (!found) throw absent('NoSuchVersion', { details: { Key: key, VersionId: versionId } });
  if (found.isMarker)
    throw new S3Error('MethodNotAllowed', undefined, { headers: { 'x-amz-delete-marker': 'true' } });
  return found;
}

/** An unversioned bucket never shows a version id. */
export function versionHeader(bucket: Bucket, version: Pick<Version, 'id'>): Record<string, string> {
  return bucket.versioning === 'never' ? {} : { 'x-amz-version-id': version.id };
}

export function quoted(eTag: string): string {
  return `"${eTag}"`;
}
