import type { Exchange } from '../exchange.ts';
import { authorizationOf } from '../http/signature.ts';
import { S3Error } from '../s3-error.ts';
import { arnOf, denied } from './denial.ts';
import { actionOf } from './permissions.ts';

export interface AuthoriseOptions {
  /** Returns the account of the access key that signed the request, or `expired` if its session has ended. */
  readonly accountOf: (accessKeyId: string) => string;
  /** The bucket in which other accounts may make copies. */
  readonly isolationBucket: string;
}

export type Authorise = (exchange: Exchange) => void;

/**
 * Each account may use its own buckets and shared buckets. In the isolation bucket, another account may make
 * copies under its own prefixes, as the bucket policy of data-plane.yaml says. Every other request throws the
 * error that S3 would answer.
 */
export function createAuthorise({ accountOf, isolationBucket }: AuthoriseOptions): Authorise {
  return ({ request, store, principal }) => {
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
    if (!mayUse(request.bucket) && !copies) {
      throw denied(principal, actionOf(request) ?? 's3:*', arnOf(request.bucket, request.key));
    }
    const [source = '', ...key] = (request.headers['x-amz-copy-source'] ?? '').replace(/^\//, '').split('/');
    if (source !== '' && !mayUse(decodeURIComponent(source))) {
      throw denied(principal, 's3:GetObject', arnOf(decodeURIComponent(source), key.join('/')));
    }
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

export function accessKeyIdOf(authorization: string | undefined): string {
  return authorizationOf(authorization)?.accessKeyId ?? '';
}
