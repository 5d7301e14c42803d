import type { Exchange } from './exchange.ts';
import type { S3Request } from './http-request.ts';
import { S3Error } from './s3-error.ts';
import type { Bucket } from './store.ts';

/** Instead of policies: an action that a bucket denies to everybody, for some requests only where `when` says so. */
export interface Denial {
  /** As IAM names it, such as `s3:GetObject`. */
  readonly action: string;
  readonly when?: (request: S3Request) => boolean;
}

/** The permissions that an operation needs at the bucket it addresses; with a version id those of versions. */
const actions: Readonly<Record<string, string | readonly [plain: string, ofVersion: string]>> = {
  AbortMultipartUpload: 's3:AbortMultipartUpload',
  CompleteMultipartUpload: 's3:PutObject',
  CopyObject: 's3:PutObject',
  CreateMultipartUpload: 's3:PutObject',
  DeleteObject: ['s3:DeleteObject', 's3:DeleteObjectVersion'],
  GetBucketLocation: 's3:GetBucketLocation',
  GetBucketRequestPayment: 's3:GetBucketRequestPayment',
  GetBucketVersioning: 's3:GetBucketVersioning',
  GetObject: ['s3:GetObject', 's3:GetObjectVersion'],
  GetObjectAttributes: ['s3:GetObjectAttributes', 's3:GetObjectVersionAttributes'],
  GetObjectTagging: ['s3:GetObjectTagging', 's3:GetObjectVersionTagging'],
  HeadBucket: 's3:ListBucket',
  HeadObject: ['s3:GetObject', 's3:GetObjectVersion'],
  ListMultipartUploads: 's3:ListBucketMultipartUploads',
  ListObjectsV2: 's3:ListBucket',
  ListObjectVersions: 's3:ListBucketVersions',
  ListParts: 's3:ListMultipartUploadParts',
  PutObject: 's3:PutObject',
  UploadPart: 's3:PutObject',
  UploadPartCopy: 's3:PutObject',
};

/** Asked before an operation does anything. */
export function authorize(exchange: Exchange, bucket: Bucket): void {
  const { request } = exchange;
  const needed = actions[request.operation];
  if (needed === undefined) return;
  const [plain, ofVersion] = typeof needed === 'string' ? [needed, needed] : needed;
  demand(bucket, request.query.has('versionId') ? ofVersion : plain, request);
  // Nobody but a bucket's owner has to ask for this, so it is free.
  if (request.operation !== 'GetBucketRequestPayment') checkPayer(exchange, bucket);
}

export function demand(bucket: Bucket, action: string, request: S3Request): void {
  if (isDenied(bucket, action, request)) throw new S3Error('AccessDenied');
}

export function isDenied(bucket: Bucket, action: string, request: S3Request): boolean {
  return bucket.denials.some((denial) => denial.action === action && (denial.when?.(request) ?? true));
}

/** Whoever is not the owner has to say that they will pay. */
export function checkPayer({ request, caller }: Exchange, bucket: Bucket): void {
  const foreign = bucket.owner !== caller;
  if (bucket.requesterPays && foreign && request.headers['x-amz-request-payer'] !== 'requester') {
    throw new S3Error('AccessDenied');
  }
}
