import { S3Error } from '../s3-error.ts';
import { bytesContent, checksum as checksumOf } from '../store/content.ts';
import { type Received, splitOnce } from './received.ts';

/** A parsed request. Bucket and key are decoded once and never normalised: `..` and `//` are parts of names. */
export interface S3Request {
  readonly operation: string;
  readonly method: string;
  readonly bucket: string;
  readonly key: string;
  readonly query: ReadonlyMap<string, string>;
  /** Header names are in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

export function requestOf(received: Received): S3Request {
  const { method, path } = received;
  const [bucket, key] = splitOnce(path.slice(1), '/');
  const query = new Map(received.query);
  const headers = Object.fromEntries(received.headers);
  const { body, trailers } = decodeBody(received.body, headers);
  const request = { method, bucket, key, query, headers: { ...headers, ...trailers }, body };
  return { ...request, operation: operationOf(request) };
}

/** The SDK sends `aws-chunked` bodies, with the checksum as a trailer. */
function decodeBody(
  raw: Buffer,
  headers: S3Request['headers'],
): { body: Buffer; trailers: Record<string, string> } {
  if (!headers['x-amz-content-sha256']?.startsWith('STREAMING-')) return { body: raw, trailers: {} };
  const chunks: Buffer[] = [];
  let position = 0;
  for (;;) {
    const end = raw.indexOf('\r\n', position);
    const size = Number.parseInt(raw.toString('latin1', position, end), 16);
    if (end < 0 || !Number.isFinite(size))
      throw new S3Error('InvalidRequest', 'The chunked body is malformed');
    position = end + 2;
    if (size === 0) break;
    chunks.push(raw.subarray(position, position + size));
    position += size + 2;
  }
  const trailers = raw
    .toString('latin1', position)
    .split('\r\n')
    .filter((line) => line.includes(':'))
    .map((line) => splitOnce(line, ':').map((text) => (text ?? '').trim()) as [string, string]);
  return { body: Buffer.concat(chunks), trailers: Object.fromEntries(trailers) };
}

const checksumHeader = /^x-amz-checksum-(crc32|crc32c|crc64nvme|sha1|sha256|sha512|md5)$/;

/**
 * Returns the checksum that the client sent, if it sent a checksum. Throws an error if the checksum does not
 * match the body.
 */
export function suppliedChecksum(request: S3Request): { algorithm: string; value: string } | undefined {
  const md5 = request.headers['content-md5'];
  if (md5 !== undefined && md5 !== checksumOf(bytesContent(request.body), 'MD5'))
    throw new S3Error('BadDigest');
  for (const [name, value] of Object.entries(request.headers)) {
    const algorithm = checksumHeader.exec(name)?.[1]?.toUpperCase();
    if (algorithm === undefined || value === undefined) continue;
    if (checksumOf(bytesContent(request.body), algorithm) !== value) throw new S3Error('BadDigest');
    return { algorithm, value };
  }
  return undefined;
}

/** S3 distinguishes its operations by method, by the addressed bucket or key, and by the flags of the query. */
export function operationOf({ method, bucket, key, query, headers }: Omit<S3Request, 'operation'>): string {
  const level = bucket === '' ? 'service' : key === '' ? 'bucket' : 'object';
  const isV2 = query.get('list-type') === '2';
  // `delimiter` refines only object listings of version 2. With any other listing it makes another operation.
  const flags = [...query.keys()].filter((name) => !parameters.test(name) && !(isV2 && name === 'delimiter'));
  const copy = headers['x-amz-copy-source'] !== undefined;
  if (level === 'object' && query.has('uploadId') && flags.length === 0) {
    if (method === 'PUT') return copy ? 'UploadPartCopy' : 'UploadPart';
    return (
      { GET: 'ListParts', POST: 'CompleteMultipartUpload', DELETE: 'AbortMultipartUpload' }[method] ??
      'unknown'
    );
  }
  const name = `${method} ${level}${flags.map((flag) => ` ${flag}`).join('')}`;
  if (name === 'PUT object' && copy) return 'CopyObject';
  if (name === 'GET bucket' && !isV2) return 'ListObjects';
  return operations[name] ?? `unknown (${name})`;
}

/** Query parameters that only refine an operation. Any other name in the query makes it another operation. */
const parameters =
  /^(list-type|prefix|max-keys|continuation-token|start-after|encoding-type|fetch-owner|key-marker|version-id-marker|versionId|partNumber|uploadId|max-parts|part-number-marker|max-uploads|upload-id-marker|x-id)$/;

const operations: Readonly<Record<string, string>> = {
  'GET service': 'ListBuckets',
  'PUT bucket': 'CreateBucket',
  'HEAD bucket': 'HeadBucket',
  'DELETE bucket': 'DeleteBucket',
  'GET bucket': 'ListObjectsV2',
  'GET bucket location': 'GetBucketLocation',
  'GET bucket versioning': 'GetBucketVersioning',
  'PUT bucket versioning': 'PutBucketVersioning',
  'GET bucket encryption': 'GetBucketEncryption',
  'GET bucket publicAccessBlock': 'GetPublicAccessBlock',
  'GET bucket object-lock': 'GetObjectLockConfiguration',
  'GET bucket policy': 'GetBucketPolicy',
  'PUT bucket policy': 'PutBucketPolicy',
  'GET bucket versions': 'ListObjectVersions',
  'GET bucket requestPayment': 'GetBucketRequestPayment',
  'PUT bucket requestPayment': 'PutBucketRequestPayment',
  'GET bucket uploads': 'ListMultipartUploads',
  'PUT object': 'PutObject',
  'GET object': 'GetObject',
  'HEAD object': 'HeadObject',
  'DELETE object': 'DeleteObject',
  'GET object tagging': 'GetObjectTagging',
  'PUT object tagging': 'PutObjectTagging',
  'DELETE object tagging': 'DeleteObjectTagging',
  'GET object attributes': 'GetObjectAttributes',
  'PUT object retention': 'PutObjectRetention',
  'GET object retention': 'GetObjectRetention',
  'GET object legal-hold': 'GetObjectLegalHold',
  'PUT object legal-hold': 'PutObjectLegalHold',
  'POST object restore': 'RestoreObject',
  'POST object uploads': 'CreateMultipartUpload',
};
