import type { Exchange } from '../exchange.ts';
import { authorizationOf } from '../http/signature.ts';
import { S3Error } from '../s3-error.ts';
import type { Bucket, Version } from '../store/bucket.ts';
import { arnOf, denied } from './denial.ts';
import { authorize, demandOfPolicy, isDenied } from './permissions.ts';

/**
 * Returns the addressed bucket. Throws an error if the bucket is in another region, has another owner than
 * the caller expects, or denies the request.
 */
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

/**
 * Returns the named version, or the current version, as GET and HEAD see it. Throws the error that S3 answers
 * if there is no such version.
 */
export function findVersion(
  exchange: Exchange,
  bucket: Bucket,
  key: string,
  versionId: string | undefined,
): Version {
  const version = versionAt(exchange, bucket, key, versionId);
  demandOfPolicy(exchange, bucket, key, versionId, version);
  return version;
}

function versionAt(
  { request, principal }: Exchange,
  bucket: Bucket,
  key: string,
  versionId: string | undefined,
): Version {
  // S3 does not reveal that an object is absent to a caller who may not list the bucket.
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

/** Answers about an unversioned bucket never show a version id. */
export function versionHeader(bucket: Bucket, version: Pick<Version, 'id'>): Record<string, string> {
  return bucket.versioning === 'never' ? {} : { 'x-amz-version-id': version.id };
}

export function quoted(eTag: string): string {
  return `"${eTag}"`;
}
