import { addressedBucket, quoted, versionHeader } from '../access/addressed.ts';
import { type Operation } from '../exchange.ts';
import { type S3Request, suppliedChecksum } from '../http/http-request.ts';
import { S3Error } from '../s3-error.ts';
import type { StoredChecksum, Version } from '../store/bucket.ts';
import { bytesContent, checksum as checksumOf, sizeOf } from '../store/content.ts';
import { checkDestination } from './conditions.ts';
import { encryptionOf, eTagOf, useKey } from './encryption.ts';
import { demandChecksum, lockOf, withDefault } from './object-lock.ts';
import { tagsOf } from './tags.ts';

/** The algorithm that S3 uses if a client gives no checksum. */
export const defaultChecksumAlgorithm = 'CRC64NVME';

const contentHeaderNames = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'expires',
] as const;

export const putObject: Operation = (exchange) => {
  const { store, request, now } = exchange;
  const bucket = addressedBucket(exchange);
  checkKey(request.key);
  checkDestination(request.headers, bucket, request.key);
  const content = bytesContent(request.body);
  const supplied = suppliedChecksum(request);
  const algorithm =
    supplied?.algorithm ?? request.headers['x-amz-sdk-checksum-algorithm'] ?? defaultChecksumAlgorithm;
  const checksum: StoredChecksum = { algorithm, value: checksumOf(content, algorithm), type: 'FULL_OBJECT' };
  const own = properties(request.headers);
  const lock = lockOf(request.headers, bucket);
  demandChecksum(exchange, bucket, lock, 'Put Object');
  useKey(exchange, own.encryption, 'kms:GenerateDataKey');
  const version = store.put(bucket, request.key, {
    isMarker: false,
    content,
    sizeBytes: sizeOf(content),
    eTag: eTagOf(content, own.encryption),
    lastModified: now(),
    checksum,
    ...own,
    ...withDefault(lock, bucket, now()),
  });
  return {
    headers: {
      etag: quoted(version.eTag),
      ...versionHeader(bucket, version),
      ...version.encryption,
      ...checksumHeaders(checksum),
    },
  };
};

export type Properties = Pick<
  Version,
  'metadata' | 'headers' | 'tags' | 'storageClass' | 'websiteRedirect' | 'encryption'
>;

/** Reads the properties that a client sets beside the bytes. */
export function properties(headers: S3Request['headers']): Properties {
  const metadata = Object.entries(headers)
    .filter(([name]) => name.startsWith('x-amz-meta-'))
    .map(([name, value]) => [name.slice('x-amz-meta-'.length), value ?? ''] as const);
  const metadataBytes = metadata.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  if (metadataBytes > 2048) throw new S3Error('MetadataTooLarge');
  const given = contentHeaderNames.map((name) => [name, contentHeader(name, headers[name])] as const);
  return {
    metadata: Object.fromEntries(metadata),
    headers: Object.fromEntries(
      given.filter((entry): entry is [(typeof entry)[0], string] => entry[1] !== undefined),
    ),
    tags: tagsOf(headers),
    storageClass: headers['x-amz-storage-class'] ?? 'STANDARD',
    websiteRedirect: headers['x-amz-website-redirect-location'],
    encryption: encryptionOf(headers),
  };
}

/** `aws-chunked` describes the transfer, not the object. */
function contentHeader(name: string, value: string | undefined): string | undefined {
  if (name === 'content-type') return value ?? 'binary/octet-stream';
  if (name !== 'content-encoding') return value;
  return (
    value
      ?.split(/ *, */)
      .filter((coding) => coding !== 'aws-chunked')
      .join(',') || undefined
  );
}

export function checksumHeaders(checksum: StoredChecksum): Record<string, string> {
  return {
    [`x-amz-checksum-${checksum.algorithm.toLowerCase()}`]: checksum.value,
    'x-amz-checksum-type': checksum.type,
  };
}

export function checkKey(key: string): void {
  if (Buffer.byteLength(key) > 1024) throw new S3Error('KeyTooLongError');
}
