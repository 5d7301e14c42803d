import { S3Error } from '../s3-error.ts';

/** The text of an S3 denial today. It names the principal, the bucket and the key; users choose the key. */
export function denied(
  principal: string,
  action: string,
  resource: string,
  why = `because no identity-based policy allows the ${action} action`,
): S3Error {
  return new S3Error(
    'AccessDenied',
    `User: ${principal} is not authorized to perform: ${action} on resource: "${resource}" ${why}`,
  );
}

/** Returns the ARN of an object, or of the bucket if there is no key. */
export function arnOf(bucket: string, key = ''): string {
  return `arn:aws:s3:::${bucket}${key === '' ? '' : `/${key}`}`;
}
