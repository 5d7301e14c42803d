import type { IncomingHttpHeaders } from 'node:http';
import type { Counter } from './counts.ts';
import { isVersioned, objectETag, objectVersion } from './messages.ts';
import { createUploads } from './uploads.ts';
import { document } from './xml.ts';

export interface S3Call {
  readonly method: string;
  readonly bucket: string;
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
}

export interface S3Answer {
  readonly operation: string;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly xml?: string;
  /** What this call copies: the slower a stream, the longer it takes. */
  readonly copiedBytes?: number;
  /** Called when that time is over, unless the caller is gone by then. */
  readonly onCopied?: () => void;
}

/** The objects of these buckets are those that the loads flag, all alike, and never go away. */
const isSource = (bucket: string): boolean => bucket.startsWith('lake');
const checksum = 'AAAAAAAAAAA=';
const date = 'Thu, 19 Nov 2026 08:00:00 GMT';
const iso = '2026-11-19T08:00:00.000Z';

/** S3 as far as the worker calls it, almost without memory: it answers as if all had gone well. */
export function createS3(counter: Counter, objectBytes: () => number) {
  const uploads = createUploads(counter);

  const head = ({ bucket, key }: S3Call): S3Answer => {
    const operation = key === '' ? 'HeadBucket' : 'HeadObject';
    if (key === '') return { operation };
    const metadata = isSource(bucket) ? {} : uploads.completed(key);
    if (metadata === undefined) return { operation, status: 404 };
    return {
      operation,
      headers: {
        etag: `"${objectETag}"`,
        'last-modified': date,
        'content-type': 'text/csv',
        'content-length': String(objectBytes()),
        'x-amz-checksum-crc64nvme': checksum,
        'x-amz-checksum-type': 'FULL_OBJECT',
        ...(isVersioned(bucket) && { 'x-amz-version-id': objectVersion }),
        ...metadata,
      },
    };
  };

  const remove = ({ bucket, query }: S3Call): S3Answer => {
    if (query.has('uploadId')) return { operation: 'AbortMultipartUpload', status: 204 };
    const operation = 'DeleteObject';
    const version = query.get('versionId');
    if (version !== null) return { operation, status: 204, headers: { 'x-amz-version-id': version } };
    if (!isVersioned(bucket)) return { operation, status: 204 };
    const marker = { 'x-amz-delete-marker': 'true', 'x-amz-version-id': 'v-marker' };
    return { operation, status: 204, headers: marker };
  };

  const put = (call: S3Call): S3Answer => {
    if (call.query.has('uploadId')) return uploads.copyPart(call);
    const copied = `<ETag>"${objectETag}"</ETag><LastModified>${iso}</LastModified><ChecksumCRC64NVME>${checksum}</ChecksumCRC64NVME><ChecksumType>FULL_OBJECT</ChecksumType>`;
    return call.headers['x-amz-copy-source'] === undefined
      ? { operation: 'PutObject', headers: { etag: `"${objectETag}"` } }
      : { operation: 'CopyObject', xml: document('CopyObjectResult', copied), copiedBytes: objectBytes() };
  };

  const get = (call: S3Call): S3Answer => {
    const { bucket, query } = call;
    if (query.has('versions')) {
      const xml = document('ListVersionsResult', versions(bucket, query.get('prefix') ?? '', objectBytes()));
      return { operation: 'ListObjectVersions', xml };
    }
    if (query.has('versioning')) {
      const status = isVersioned(bucket) ? '<Status>Enabled</Status>' : '';
      return { operation: 'GetBucketVersioning', xml: document('VersioningConfiguration', status) };
    }
    if (query.has('uploads')) return uploads.list(query.get('prefix') ?? '');
    if (query.has('uploadId')) return uploads.listParts(call);
    if (query.has('tagging')) {
      return { operation: 'GetObjectTagging', xml: document('Tagging', '<TagSet></TagSet>') };
    }
    return { operation: 'GetObject', status: 404, xml: document('Error', '<Code>NoSuchKey</Code>') };
  };

  return (call: S3Call): S3Answer => {
    switch (call.method) {
      case 'HEAD':
        return head(call);
      case 'DELETE':
        return remove(call);
      case 'PUT':
        return put(call);
      case 'POST':
        return call.query.has('uploads') ? uploads.begin(call) : uploads.complete(call);
      default:
        return get(call);
    }
  };
}

function versions(bucket: string, key: string, bytes: number): string {
  const version = (id: string, latest: boolean, size: number) =>
    `<Version><Key>${encodeURIComponent(key)}</Key><VersionId>${id}</VersionId><IsLatest>${latest}</IsLatest><LastModified>${iso}</LastModified><ETag>"${objectETag}"</ETag><Size>${size}</Size><StorageClass>STANDARD</StorageClass></Version>`;
  const older = bucket === 'lake-with-history' ? version('v-older', false, bytes + 1) : '';
  return `<EncodingType>url</EncodingType><IsTruncated>false</IsTruncated>${version(objectVersion, true, bytes)}${older}`;
}
