import { addressedBucket, findVersion, quoted, versionHeader } from '../access/addressed.ts';
import { isDenied } from '../access/permissions.ts';
import { type Exchange, type Operation } from '../exchange.ts';
import { S3Error } from '../s3-error.ts';
import type { Bucket, Version } from '../store/bucket.ts';
import { slice } from '../store/content.ts';
import { archiveHeaders, isArchived } from './archive.ts';
import { notModified } from './conditions.ts';
import { decrypt } from './encryption.ts';
import { lockHeaders } from './object-lock.ts';
import { type AskedPart, askedPart } from './part-number.ts';

export const getObject: Operation = (exchange) => {
  const { request } = exchange;
  const bucket = addressedBucket(exchange);
  const version = findVersion(exchange, bucket, request.key, request.query.get('versionId'));
  decrypt(exchange, version);
  if (isArchived(version)) {
    throw new S3Error('InvalidObjectState', "The operation is not valid for the object's storage class");
  }
  const headers = describe(exchange, bucket, version);
  if (notModified(request.headers, version)) return { status: 304, headers };
  const part = askedPart(request, version);
  if (part) {
    const content = slice(version.content, part.from, part.to);
    return { status: 206, headers: { ...headers, ...partHeaders(part, version) }, content };
  }
  const range = /^bytes=(\d*)-(\d*)$/.exec(request.headers['range'] ?? '');
  if (!range) return { headers, content: version.content };
  const [from, to] = resolveRange(range[1] ?? '', range[2] ?? '', version.sizeBytes);
  return {
    status: 206,
    headers: {
      ...headers,
      'content-length': String(to - from),
      'content-range': `bytes ${from}-${to - 1}/${version.sizeBytes}`,
    },
    content: slice(version.content, from, to),
  };
};

export const headObject: Operation = (exchange) => {
  const { request } = exchange;
  const bucket = addressedBucket(exchange);
  const version = findVersion(exchange, bucket, request.key, request.query.get('versionId'));
  // A HEAD needs the KMS key only for the checksum.
  const withKey = request.headers['x-amz-checksum-mode'] === 'ENABLED' || isCustomers(version);
  if (withKey) decrypt(exchange, version);
  const headers = describe(exchange, bucket, version);
  if (notModified(request.headers, version)) return { status: 304, headers };
  const part = askedPart(request, version);
  return part ? { status: 206, headers: { ...headers, ...partHeaders(part, version) } } : { headers };
};

function partHeaders({ from, to, count }: AskedPart, { sizeBytes }: Version): Record<string, string> {
  return {
    'content-length': String(to - from),
    ...(sizeBytes > 0 && { 'content-range': `bytes ${from}-${to - 1}/${sizeBytes}` }),
    ...(count !== undefined && { 'x-amz-mp-parts-count': String(count) }),
  };
}

function describe(
  { request }: Exchange,
  bucket: Bucket,
  version: Version,
): Record<string, string | undefined> {
  const { checksum } = version;
  const wanted =
    request.headers['x-amz-checksum-mode'] === 'ENABLED' &&
    request.headers['range'] === undefined &&
    !request.query.has('partNumber');
  const metadata = Object.entries(version.metadata).map(([name, value]) => [`x-amz-meta-${name}`, value]);
  return {
    ...Object.fromEntries(metadata),
    ...version.headers,
    ...version.encryption,
    ...versionHeader(bucket, version),
    ...(isDenied(bucket, 's3:GetObjectRetention', request) ? {} : lockHeaders(version)),
    ...archiveHeaders(version),
    'x-amz-replication-status': version.replicationStatus,
    'x-amz-missing-meta': version.missingMetadata === undefined ? undefined : String(version.missingMetadata),
    etag: quoted(version.eTag),
    'content-length': String(version.sizeBytes),
    'last-modified': version.lastModified.toUTCString(),
    'accept-ranges': 'bytes',
    'x-amz-storage-class': version.storageClass === 'STANDARD' ? undefined : version.storageClass,
    'x-amz-website-redirect-location': version.websiteRedirect,
    'x-amz-tagging-count': version.tags.length === 0 ? undefined : String(version.tags.length),
    ...(checksum && wanted
      ? {
          [`x-amz-checksum-${checksum.algorithm.toLowerCase()}`]: checksum.value,
          'x-amz-checksum-type': checksum.type,
        }
      : {}),
  };
}

function isCustomers({ encryption }: Version): boolean {
  return encryption['x-amz-server-side-encryption-customer-algorithm'] !== undefined;
}

/** The end is exclusive. `-n` means the last n bytes. */
export function resolveRange(first: string, last: string, sizeBytes: number): readonly [number, number] {
  const from = first === '' ? Math.max(0, sizeBytes - Number(last)) : Number(first);
  const to = first === '' || last === '' ? sizeBytes : Math.min(Number(last) + 1, sizeBytes);
  if (from >= to) throw new S3Error('InvalidRange');
  return [from, to];
}
