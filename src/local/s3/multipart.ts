import { createHash, randomBytes } from 'node:crypto';
import { checkDestination } from './conditions.ts';
import { bytesContent, type Content, checksum as checksumOf, sizeOf, slice } from './content.ts';
import { copySource } from './copy-object.ts';
import { eTagOf, useKey } from './encryption.ts';
import { addressedBucket, type Exchange, type Operation, quoted, versionHeader } from './exchange.ts';
import { suppliedChecksum } from './http-request.ts';
import { demandChecksum, lockOf, withDefault } from './object-lock.ts';
import { resolveRange } from './read-object.ts';
import { S3Error } from './s3-error.ts';
import type { Bucket, StoredChecksum, Upload, UploadedPart } from './store.ts';
import { checkKey, defaultChecksumAlgorithm, properties } from './write-object.ts';
import { xmlDocument, xmlElements, xmlText } from './xml.ts';

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
  const range = /^bytes=(\d+)-(\d+)$/.exec(exchange.request.headers['x-amz-copy-source-range'] ?? '');
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

export const completeMultipartUpload: Operation = (exchange) => {
  const { store, request, now } = exchange;
  const { bucket, upload } = addressedUpload(exchange);
  checkDestination(request.headers, bucket, upload.key);
  const parts = namedParts(exchange, upload);
  const content = parts.flatMap((part) => part.content);
  const expectedBytes = request.headers['x-amz-mp-object-size'];
  if (expectedBytes !== undefined && Number(expectedBytes) !== sizeOf(content)) {
    throw new S3Error(
      'InvalidRequest',
      'The provided x-amz-mp-object-size does not match the size of the object.',
    );
  }
  const checksum = checksumOfParts(upload, parts, content);
  const expected = request.headers[`x-amz-checksum-${upload.checksumAlgorithm.toLowerCase()}`];
  if (expected !== undefined && expected !== checksum.value) throw new S3Error('BadDigest');
  const digests = createHash('md5');
  for (const part of parts) digests.update(part.eTag, 'hex');
  const version = store.put(bucket, upload.key, {
    isMarker: false,
    content,
    sizeBytes: sizeOf(content),
    eTag: `${digests.digest('hex')}-${parts.length}`,
    lastModified: now(),
    checksum,
    ...(upload.checksumNamed && { parts }),
    ...upload.template,
    ...withDefault(upload.lock, bucket, now()),
  });
  bucket.uploads.delete(upload.id);
  return {
    headers: { ...versionHeader(bucket, version), ...version.encryption },
    xml: xmlDocument('CompleteMultipartUploadResult', {
      Bucket: bucket.name,
      Key: upload.key,
      ETag: quoted(version.eTag),
      [`Checksum${checksum.algorithm}`]: checksum.value,
      ChecksumType: checksum.type,
    }),
  };
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

/** The parts that a completion names, in order, each still as it was when its ETag was given. */
function namedParts({ request, limits }: Exchange, upload: Upload): UploadedPart[] {
  const named = xmlElements(request.body.toString('utf8'), 'Part').map((part) => ({
    number: Number(xmlText(part, 'PartNumber')),
    eTag: (xmlText(part, 'ETag') ?? '').replaceAll('"', ''),
    checksum: xmlText(part, `Checksum${upload.checksumAlgorithm}`),
  }));
  if (named.length === 0) throw new S3Error('MalformedXML');
  const ascend = named.every(({ number }, index) => number > (named[index - 1]?.number ?? 0));
  if (!ascend) throw new S3Error('InvalidPartOrder');
  return named.map(({ number, eTag, checksum }, index) => {
    const part = upload.parts.get(number);
    if (checksum === undefined && upload.checksumNamed && upload.checksumType === 'COMPOSITE') {
      throw partChecksumMissing(upload, number);
    }
    if (part?.eTag !== eTag || (checksum !== undefined && checksum !== part.checksum))
      throw new S3Error('InvalidPart');
    if (index < named.length - 1 && part.sizeBytes < limits.minimumPartBytes)
      throw new S3Error('EntityTooSmall');
    return part;
  });
}

function partChecksumMissing({ checksumAlgorithm }: Upload, number: number): S3Error {
  const algorithm = checksumAlgorithm.toLowerCase();
  return new S3Error(
    'InvalidRequest',
    `The upload was created using a ${algorithm} checksum. The complete request must include the checksum for each part. It was missing for part ${number} in the request.`,
  );
}

function checksumOfParts(upload: Upload, parts: readonly UploadedPart[], content: Content): StoredChecksum {
  const { checksumAlgorithm: algorithm, checksumType: type } = upload;
  if (type === 'FULL_OBJECT') return { algorithm, value: checksumOf(content, algorithm), type };
  const digests = Buffer.concat(parts.map((part) => Buffer.from(part.checksum, 'base64')));
  return { algorithm, value: `${checksumOf(bytesContent(digests), algorithm)}-${parts.length}`, type };
}
