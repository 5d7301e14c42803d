import { arnOf, denied } from './denial.ts';
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
  const action = actionOf(request);
  if (action === undefined) return;
  demand(exchange, action, bucket, request.key);
  // Nobody but a bucket's owner has to ask for this, so it is free.
  if (request.operation !== 'GetBucketRequestPayment') checkPayer(exchange, bucket);
}

/** What the operation needs; absent where the stand-in never asks. */
export function actionOf({ operation, query }: S3Request): string | undefined {
  const needed = actions[operation];
  if (needed === undefined || typeof needed === 'string') return needed;
  const [plain, ofVersion] = needed;
  return query.has('versionId') ? ofVersion : plain;
}

/** Whatever is denied at a bucket names the key, but for what is asked of the bucket itself. */
export function demand({ principal, request }: Exchange, action: string, bucket: Bucket, key: string): void {
  if (isDenied(bucket, action, request)) throw denied(principal, action, arnOf(bucket.name, key));
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
