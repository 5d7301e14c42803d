import { S3Error } from './s3-error.ts';

/** The present text of an S3 denial: it names the principal, the bucket and the key, which users choose. */
export function denied(principal: string, action: string, resource: string): S3Error {
  return new S3Error(
    'AccessDenied',
    `User: ${principal} is not authorized to perform: ${action} on resource: "${resource}" because no identity-based policy allows the ${action} action`,
  );
}

/** Without a key, the bucket itself. */
export function arnOf(bucket: string, key = ''): string {
  return `arn:aws:s3:::${bucket}${key === '' ? '' : `/${key}`}`;
}
