import { checkCopySource, checkDestination } from './conditions.ts';
import { bytesContent, checksum as checksumOf, md5Hex, sizeOf } from './content.ts';
import {
  addressedBucket,
  type Exchange,
  expectOwner,
  findVersion,
  type Operation,
  quoted,
  versionHeader,
} from './exchange.ts';
import { type S3Request, suppliedChecksum } from './http-request.ts';
import { archiveClasses } from './read-object.ts';
import { S3Error } from './s3-error.ts';
import type { Bucket, StoredChecksum, Version } from './store.ts';
import { xmlDocument, xmlElements, xmlText } from './xml.ts';

/** What S3 computes where a client gives no checksum. */
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
  const version = store.put(bucket, request.key, {
    isMarker: false,
    content,
    sizeBytes: sizeOf(content),
    eTag: md5Hex(content),
    lastModified: now(),
    checksum,
    ...properties(request.headers),
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

export const copyObject: Operation = (exchange) => {
  const { store, request, now, limits } = exchange;
  const { headers } = request;
  const bucket = addressedBucket(exchange);
  checkKey(request.key);
  const source = copySource(exchange);
  if (source.version.sizeBytes > limits.maximumCopyBytes) {
    throw new S3Error(
      'InvalidRequest',
      `The specified copy source is larger than the maximum allowable size for a copy source: ${limits.maximumCopyBytes}`,
    );
  }
  checkDestination(headers, bucket, request.key);
  const own = properties(headers);
  const replaceMetadata = headers['x-amz-metadata-directive'] === 'REPLACE';
  const replaceTags = headers['x-amz-tagging-directive'] === 'REPLACE';
  const ontoItself = source.bucket === bucket && source.key === request.key && source.versionId === undefined;
  if (ontoItself && !replaceMetadata && headers['x-amz-storage-class'] === undefined) {
    throw new S3Error(
      'InvalidRequest',
      'This copy request is illegal because it is trying to copy an object to itself without changing it.',
    );
  }
  const from = source.version;
  const algorithm = headers['x-amz-checksum-algorithm'] ?? singlePartAlgorithm(from);
  const checksum: StoredChecksum = {
    algorithm,
    value: checksumOf(from.content, algorithm),
    type: 'FULL_OBJECT',
  };
  const version = store.put(bucket, request.key, {
    isMarker: false,
    content: from.content,
    sizeBytes: from.sizeBytes,
    eTag: md5Hex(from.content),
    lastModified: now(),
    checksum,
    metadata: replaceMetadata ? own.metadata : from.metadata,
    headers: replaceMetadata ? own.headers : from.headers,
    tags: replaceTags ? own.tags : from.tags,
    storageClass: own.storageClass,
    encryption: own.encryption,
  });
  return {
    headers: {
      ...versionHeader(bucket, version),
      ...version.encryption,
      'x-amz-copy-source-version-id': source.bucket.versioning === 'never' ? undefined : from.id,
    },
    xml: xmlDocument('CopyObjectResult', {
      ETag: quoted(version.eTag),
      LastModified: version.lastModified,
      [`Checksum${algorithm}`]: checksum.value,
      ChecksumType: checksum.type,
    }),
  };
};

export const putObjectTagging: Operation = (exchange) => {
  const { request } = exchange;
  const bucket = addressedBucket(exchange);
  const version = findVersion(bucket, request.key, request.query.get('versionId'));
  version.tags = xmlElements(request.body.toString('utf8'), 'Tag').map((tag) => [
    xmlText(tag, 'Key') ?? '',
    xmlText(tag, 'Value') ?? '',
  ]);
  return { headers: versionHeader(bucket, version) };
};

/** The algorithm carries over to a copy; a composite checksum does not, for the copy has no parts. */
function singlePartAlgorithm({ checksum }: Version): string {
  return checksum?.algorithm ?? defaultChecksumAlgorithm;
}

export interface CopySource {
  readonly bucket: Bucket;
  readonly key: string;
  readonly versionId: string | undefined;
  readonly version: Version;
}

/** The source of a copy, with its conditions met. */
export function copySource({ store, request }: Exchange): CopySource {
  const { headers } = request;
  const [rawPath = '', rawVersion] = (headers['x-amz-copy-source'] ?? '')
    .replace(/^\//, '')
    .split('?versionId=');
  const [bucketName = '', ...segments] = rawPath.split('/');
  const bucket = store.bucket(decodeURIComponent(bucketName));
  expectOwner(bucket, headers['x-amz-source-expected-bucket-owner']);
  const key = decodeURIComponent(segments.join('/'));
  const versionId = rawVersion === undefined ? undefined : decodeURIComponent(rawVersion);
  const version = findVersion(bucket, key, versionId);
  if (archiveClasses.includes(version.storageClass)) {
    throw new S3Error(
      'ObjectNotInActiveTierError',
      'The source object of the COPY action is not in the active tier',
    );
  }
  checkCopySource(headers, version);
  return { bucket, key, versionId, version };
}

export type Properties = Pick<Version, 'metadata' | 'headers' | 'tags' | 'storageClass' | 'encryption'>;

/** What a client sets on an object beside its bytes. */
export function properties(headers: S3Request['headers']): Properties {
  const metadata = Object.entries(headers)
    .filter(([name]) => name.startsWith('x-amz-meta-'))
    .map(([name, value]) => [name.slice('x-amz-meta-'.length), value ?? ''] as const);
  const metadataBytes = metadata.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  if (metadataBytes > 2048) throw new S3Error('MetadataTooLarge');
  const given = contentHeaderNames.map((name) => [name, contentHeader(name, headers[name])] as const);
  const encryption = Object.entries(headers).filter(([name]) =>
    name.startsWith('x-amz-server-side-encryption'),
  );
  return {
    metadata: Object.fromEntries(metadata),
    headers: Object.fromEntries(
      given.filter((entry): entry is [(typeof entry)[0], string] => entry[1] !== undefined),
    ),
    tags: [...new URLSearchParams(headers['x-amz-tagging'] ?? '')],
    storageClass: headers['x-amz-storage-class'] ?? 'STANDARD',
    encryption: Object.fromEntries(encryption) as Record<string, string>,
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
