import { addressedBucket, expectOwner, findVersion, quoted, versionHeader } from '../access/addressed.ts';
import { checkPayer, demand } from '../access/permissions.ts';
import { type Exchange, type Operation } from '../exchange.ts';
import { S3Error } from '../s3-error.ts';
import type { Bucket, StoredChecksum, Version } from '../store/bucket.ts';
import { checksum as checksumOf } from '../store/content.ts';
import { xmlDocument } from '../xml.ts';
import { isArchived } from './archive.ts';
import { checkCopySource, checkDestination } from './conditions.ts';
import { decrypt, eTagOf, useKey } from './encryption.ts';
import { lockOf, withDefault } from './object-lock.ts';
import { checkKey, defaultChecksumAlgorithm, properties } from './write-object.ts';

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
  if (!replaceTags && from.tags.length > 0) {
    const ofVersion = source.versionId === undefined ? '' : 'Version';
    demand(exchange, `s3:GetObject${ofVersion}Tagging`, source.bucket, source.key);
  }
  useKey(exchange, own.encryption, 'kms:GenerateDataKey');
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
    eTag: eTagOf(from.content, own.encryption),
    lastModified: now(),
    checksum,
    metadata: replaceMetadata ? own.metadata : from.metadata,
    headers: replaceMetadata ? own.headers : from.headers,
    tags: replaceTags ? own.tags : from.tags,
    storageClass: own.storageClass,
    websiteRedirect: own.websiteRedirect,
    encryption: own.encryption,
    ...(!replaceMetadata && from.missingMetadata !== undefined && { missingMetadata: from.missingMetadata }),
    ...withDefault(lockOf(headers, bucket), bucket, now()),
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

export interface CopySource {
  readonly bucket: Bucket;
  readonly key: string;
  readonly versionId: string | undefined;
  readonly version: Version;
}

/** Returns the source of a copy. Throws an error if a condition on the source does not hold. */
export function copySource(exchange: Exchange): CopySource {
  const { store, request } = exchange;
  const { headers } = request;
  const [rawPath = '', rawVersion] = (headers['x-amz-copy-source'] ?? '')
    .replace(/^\//, '')
    .split('?versionId=');
  const [bucketName = '', ...segments] = formDecoded(rawPath).split('/');
  const bucket = store.bucket(bucketName);
  expectOwner(bucket, headers['x-amz-source-expected-bucket-owner']);
  const key = segments.join('/');
  const versionId = rawVersion === undefined ? undefined : decodeURIComponent(rawVersion);
  demand(exchange, versionId === undefined ? 's3:GetObject' : 's3:GetObjectVersion', bucket, key);
  checkPayer(exchange, bucket);
  const version = copiedVersion(exchange, bucket, key, versionId);
  decrypt(exchange, version, 'x-amz-copy-source-');
  if (isArchived(version)) {
    throw new S3Error(
      'ObjectNotInActiveTierError',
      'The source object of the COPY action is not in the active tier',
    );
  }
  checkCopySource(headers, version);
  return { bucket, key, versionId, version };
}

/** S3 decodes the header like a form: a plus is a space. */
function formDecoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new S3Error('InvalidArgument', 'Copy Source must mention the source bucket and key');
  }
}

function copiedVersion(
  exchange: Exchange,
  bucket: Bucket,
  key: string,
  versionId: string | undefined,
): Version {
  try {
    return findVersion(exchange, bucket, key, versionId);
  } catch (error) {
    if (!(error instanceof S3Error) || error.code !== 'MethodNotAllowed') throw error;
    throw new S3Error(
      'InvalidRequest',
      'The source of a copy request may not specifically refer to a delete marker by version id.',
    );
  }
}

/** A copy keeps the checksum algorithm. It does not keep a composite checksum, because the copy has no parts. */
function singlePartAlgorithm({ checksum }: Version): string {
  return checksum?.algorithm ?? defaultChecksumAlgorithm;
}
