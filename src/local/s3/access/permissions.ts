import type { Exchange } from '../exchange.ts';
import type { S3Request } from '../http/http-request.ts';
import { S3Error } from '../s3-error.ts';
import type { Bucket, Version } from '../store/bucket.ts';
import { isDeniedByPolicy } from './bucket-policy.ts';
import { arnOf, denied } from './denial.ts';

/**
 * The permission that an operation needs at the addressed bucket. The second name applies if the request
 * names a version id.
 */
const actions: Readonly<Record<string, string | readonly [plain: string, ofVersion: string]>> = {
  AbortMultipartUpload: 's3:AbortMultipartUpload',
  CompleteMultipartUpload: 's3:PutObject',
  CopyObject: 's3:PutObject',
  CreateMultipartUpload: 's3:PutObject',
  DeleteObject: ['s3:DeleteObject', 's3:DeleteObjectVersion'],
  DeleteObjectTagging: ['s3:DeleteObjectTagging', 's3:DeleteObjectVersionTagging'],
  GetBucketLocation: 's3:GetBucketLocation',
  GetBucketEncryption: 's3:GetEncryptionConfiguration',
  GetBucketPolicy: 's3:GetBucketPolicy',
  GetObjectLockConfiguration: 's3:GetBucketObjectLockConfiguration',
  GetPublicAccessBlock: 's3:GetBucketPublicAccessBlock',
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
  PutBucketPolicy: 's3:PutBucketPolicy',
  PutObject: 's3:PutObject',
  PutObjectTagging: ['s3:PutObjectTagging', 's3:PutObjectVersionTagging'],
  UploadPart: 's3:PutObject',
  UploadPartCopy: 's3:PutObject',
};

/** Checks the permissions before an operation has any effect. */
export function authorize(exchange: Exchange, bucket: Bucket): void {
  const { request } = exchange;
  const action = actionOf(request);
  if (action === undefined) return;
  demand(exchange, action, bucket, request.key);
  // Only the owner of a bucket may make this request, so nobody has to agree to pay for it.
  if (request.operation !== 'GetBucketRequestPayment') checkPayer(exchange, bucket);
}

/** Returns the permission that the operation needs, or `undefined` if the stand-in does not check it. */
export function actionOf({ operation, query }: S3Request): string | undefined {
  const needed = actions[operation];
  if (needed === undefined || typeof needed === 'string') return needed;
  const [plain, ofVersion] = needed;
  return query.has('versionId') ? ofVersion : plain;
}

/** The text of a denial names the key, unless the action concerns the bucket itself. */
export function demand({ principal, request }: Exchange, action: string, bucket: Bucket, key: string): void {
  if (isDenied(bucket, action, request)) throw denied(principal, action, arnOf(bucket.name, key));
}

/** The policy may deny a version by its tags, to all but some principals. The source of a copy is read. */
export function demandOfPolicy(
  { principal, request }: Exchange,
  bucket: Bucket,
  key: string,
  versionId: string | undefined,
  { tags }: Version,
): void {
  const isCopy = request.operation === 'CopyObject' || request.operation === 'UploadPartCopy';
  const action = isCopy ? `s3:GetObject${versionId === undefined ? '' : 'Version'}` : actionOf(request);
  if (action !== undefined && isDeniedByPolicy(bucket.policy, { principal, action, tags })) {
    throw denied(
      principal,
      action,
      arnOf(bucket.name, key),
      'with an explicit deny in a resource-based policy',
    );
  }
}

export function isDenied(bucket: Bucket, action: string, request: S3Request): boolean {
  return bucket.denials.some((denial) => denial.action === action && (denial.when?.(request) ?? true));
}

/** In a requester-pays bucket, everybody but the owner must agree to pay. */
export function checkPayer({ request, caller }: Exchange, bucket: Bucket): void {
  const foreign = bucket.owner !== caller;
  if (bucket.requesterPays && foreign && request.headers['x-amz-request-payer'] !== 'requester') {
    throw new S3Error('AccessDenied');
  }
}
