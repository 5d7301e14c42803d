import { createHash } from 'node:crypto';
import { quoted, versionHeader } from '../access/addressed.ts';
import { type Exchange, type Operation } from '../exchange.ts';
import { S3Error } from '../s3-error.ts';
import type { StoredChecksum, Upload, UploadedPart } from '../store/bucket.ts';
import { bytesContent, type Content, checksum as checksumOf, sizeOf } from '../store/content.ts';
import { xmlDocument, xmlElements, xmlText } from '../xml.ts';
import { checkDestination } from './conditions.ts';
import { addressedUpload } from './multipart.ts';
import { withDefault } from './object-lock.ts';

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
    partBytes: parts.map((part) => part.sizeBytes),
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

/**
 * Returns the parts that a completion names, in order. Each part must still have the ETag that the completion
 * gives.
 */
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
