import { randomBytes } from 'node:crypto';
import { addressedBucket, quoted } from '../access/addressed.ts';
import { type Exchange, type Operation } from '../exchange.ts';
import { suppliedChecksum } from '../http/http-request.ts';
import { S3Error } from '../s3-error.ts';
import type { Bucket, Upload, UploadedPart } from '../store/bucket.ts';
import { bytesContent, type Content, checksum as checksumOf, sizeOf, slice } from '../store/content.ts';
import { xmlDocument } from '../xml.ts';
import { copySource } from './copy-object.ts';
import { eTagOf, useKey } from './encryption.ts';
import { demandChecksum, lockOf } from './object-lock.ts';
import { resolveRange } from './read-object.ts';
import { checkKey, defaultChecksumAlgorithm, properties } from './write-object.ts';

export const createMultipartUpload: Operation = (exchange) => {
  const { request, now } = exchange;
  const bucket = addressedBucket(exchange);
  checkKey(request.key);
  const algorithm = request.headers['x-amz-checksum-algorithm'] ?? defaultChecksumAlgorithm;
  const type =
    request.headers['x-amz-checksum-type'] ?? (algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE');
  if (type === 'FULL_OBJECT' && !algorithm.startsWith('CRC')) {
    throw new S3Error(
      'InvalidRequest',
      `The FULL_OBJECT checksum type cannot be used with the ${algorithm} checksum algorithm.`,
    );
  }
  const template = properties(request.headers);
  useKey(exchange, template.encryption, 'kms:GenerateDataKey');
  const upload: Upload = {
    id: randomBytes(32).toString('base64url'),
    key: request.key,
    initiated: now(),
    template,
    lock: lockOf(request.headers, bucket),
    checksumNamed: request.headers['x-amz-checksum-algorithm'] !== undefined,
    checksumAlgorithm: algorithm,
    checksumType: type === 'FULL_OBJECT' ? 'FULL_OBJECT' : 'COMPOSITE',
    parts: new Map(),
  };
  bucket.uploads.set(upload.id, upload);
  return {
    headers: { 'x-amz-checksum-algorithm': algorithm, 'x-amz-checksum-type': type },
    xml: xmlDocument('InitiateMultipartUploadResult', {
      Bucket: bucket.name,
      Key: request.key,
      UploadId: upload.id,
    }),
  };
};

export const uploadPart: Operation = (exchange) => {
  const { bucket, upload } = addressedUpload(exchange);
  suppliedChecksum(exchange.request);
  demandChecksum(exchange, bucket, upload.lock, 'Put Part');
  const part = addPart(exchange, upload, bytesContent(exchange.request.body));
  return {
    headers: {
      etag: quoted(part.eTag),
      [`x-amz-checksum-${upload.checksumAlgorithm.toLowerCase()}`]: part.checksum,
    },
  };
};

export const uploadPartCopy: Operation = (exchange) => {
  const { upload } = addressedUpload(exchange);
  const { version, bucket: sourceBucket } = copySource(exchange);
  const given = exchange.request.headers['x-amz-copy-source-range'];
  const range = /^bytes=(\d+)-(\d+)$/.exec(given ?? '');
  if (given !== undefined && (!range || Number(range[1]) > Number(range[2]))) {
    throw new S3Error(
      'InvalidArgument',
      'The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy',
    );
  }
  const [from, to] = range
    ? resolveRange(range[1] ?? '', range[2] ?? '', version.sizeBytes)
    : [0, version.sizeBytes];
  if (range && to !== Number(range[2]) + 1) throw new S3Error('InvalidRange');
  if (range && version.sizeBytes <= exchange.limits.minimumPartBytes) {
    throw new S3Error(
      'InvalidRequest',
      'The specified copy source is not supported as a byte-range copy source',
    );
  }
  if (to - from > exchange.limits.maximumCopyBytes) throw new S3Error('EntityTooLarge');
  const part = addPart(exchange, upload, slice(version.content, from, to));
  return {
    headers: { 'x-amz-copy-source-version-id': sourceBucket.versioning === 'never' ? undefined : version.id },
    xml: xmlDocument('CopyPartResult', {
      ETag: quoted(part.eTag),
      LastModified: part.lastModified,
      [`Checksum${upload.checksumAlgorithm}`]: part.checksum,
    }),
  };
};

export const abortMultipartUpload: Operation = (exchange) => {
  const { bucket, upload } = addressedUpload(exchange);
  bucket.uploads.delete(upload.id);
  return { status: 204 };
};

export function addressedUpload(exchange: Exchange): { bucket: Bucket; upload: Upload } {
  const { request } = exchange;
  const bucket = addressedBucket(exchange);
  const upload = bucket.uploads.get(request.query.get('uploadId') ?? '');
  if (upload?.key !== request.key) throw new S3Error('NoSuchUpload');
  return { bucket, upload };
}

function addPart({ request, now }: Exchange, upload: Upload, content: Content): UploadedPart {
  const number = Number(request.query.get('partNumber'));
  if (!Number.isInteger(number) || number < 1 || number > 10_000) {
    throw new S3Error('InvalidArgument', 'Part number must be an integer between 1 and 10000, inclusive');
  }
  const part: UploadedPart = {
    number,
    content,
    sizeBytes: sizeOf(content),
    eTag: eTagOf(content, upload.template.encryption),
    checksum: checksumOf(content, upload.checksumAlgorithm),
    lastModified: now(),
  };
  upload.parts.set(number, part);
  return part;
}
