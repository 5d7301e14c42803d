import type { S3Request } from './http-request.ts';
import { S3Error } from './s3-error.ts';
import type { Store } from './store.ts';

export interface AuthoriseOptions {
  /** Whose the access key is that signed; `expired` where its session has ended. */
  readonly accountOf: (accessKeyId: string) => string;
  /** The bucket in which other accounts may make copies. */
  readonly isolationBucket: string;
}

export type Authorise = (request: S3Request, store: Store) => void;

/**
 * Each account may use its own buckets and those that are shared. Of the isolation bucket another account may make copies under its
 * own prefixes, as the bucket policy of data-plane.yaml says. Throws what S3 answers to everything else.
 */
export function createAuthorise({ accountOf, isolationBucket }: AuthoriseOptions): Authorise {
  return (request, store) => {
    const account = accountOf(accessKeyIdOf(request.headers['authorization']));
    if (account === 'expired') throw new S3Error('ExpiredToken');
    const mayUse = (name: string) => {
      const bucket = store.buckets.get(name);
      return bucket === undefined || bucket.owner === account || bucket.shared;
    };
    const copies =
      request.bucket === isolationBucket &&
      copying.has(request.operation) &&
      ['objects', 'objects-hashed'].some((prefix) => request.key.startsWith(`${prefix}/${account}/`));
    if (!mayUse(request.bucket) && !copies) throw new S3Error('AccessDenied');
    const [source = ''] = (request.headers['x-amz-copy-source'] ?? '').replace(/^\//, '').split('/');
    if (source !== '' && !mayUse(decodeURIComponent(source))) throw new S3Error('AccessDenied');
  };
}

const copying: ReadonlySet<string> = new Set([
  'AbortMultipartUpload',
  'CompleteMultipartUpload',
  'CopyObject',
  'CreateMultipartUpload',
  'ListParts',
  'UploadPartCopy',
]);

function accessKeyIdOf(authorization = ''): string {
  return /Credential=([^/]+)\//.exec(authorization)?.[1] ?? '';
}
