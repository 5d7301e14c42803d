import type { ContentHeaders } from '../core/ports.ts';

/** Where a copy goes, as every call that creates an object there wants it. */
export interface DestinationInput {
  readonly Bucket: string;
  readonly Key: string;
  readonly ExpectedBucketOwner: string;
  readonly ServerSideEncryption?: 'aws:kms';
  readonly SSEKMSKeyId?: string;
  readonly BucketKeyEnabled?: true;
}

/** A replaced or multipart copy has only the content headers that are sent again. */
export function contentInput(headers: ContentHeaders) {
  const expires = new Date(headers.expires ?? Number.NaN);
  return {
    ...(headers.cacheControl !== undefined && { CacheControl: headers.cacheControl }),
    ...(headers.contentDisposition !== undefined && { ContentDisposition: headers.contentDisposition }),
    ...(headers.contentEncoding !== undefined && { ContentEncoding: headers.contentEncoding }),
    ...(headers.contentLanguage !== undefined && { ContentLanguage: headers.contentLanguage }),
    ...(headers.contentType !== undefined && { ContentType: headers.contentType }),
    ...(Number.isFinite(expires.getTime()) && { Expires: expires }),
  };
}

/** S3 copies tens of MB a second in one stream; a tenth of that is taken for dead. */
export function answerTimeoutMs(bytes: number): number {
  return 30_000 + Math.ceil(bytes / 5_000);
}
