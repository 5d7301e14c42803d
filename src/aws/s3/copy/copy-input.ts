import {
  type ContentHeaders,
  encodeTags,
  type Tag,
  withoutTransferCoding,
} from '../../../core/properties.ts';

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
  // `0`, `-1` and the like mean something to browsers, but to `Date` they are years.
  const expires = new Date(/^[A-Za-z]/.test(headers.expires ?? '') ? (headers.expires ?? '') : Number.NaN);
  const contentEncoding = withoutTransferCoding(headers.contentEncoding);
  return {
    ...(headers.cacheControl !== undefined && { CacheControl: headers.cacheControl }),
    ...(headers.contentDisposition !== undefined && { ContentDisposition: headers.contentDisposition }),
    ...(contentEncoding !== undefined && { ContentEncoding: contentEncoding }),
    ...(headers.contentLanguage !== undefined && { ContentLanguage: headers.contentLanguage }),
    ...(headers.contentType !== undefined && { ContentType: headers.contentType }),
    ...(Number.isFinite(expires.getTime()) && { Expires: expires }),
  };
}

/** An empty header is one that some stores do not take. */
export function taggingInput(tags: readonly Tag[]): { readonly Tagging?: string } {
  return tags.length === 0 ? {} : { Tagging: encodeTags(tags) };
}

/** S3 copies tens of MB a second in one stream; a tenth of that is taken for dead. */
export function answerTimeoutMs(bytes: number): number {
  return 30_000 + Math.ceil(bytes / 5_000);
}

/** So much is copied within the time that the clients give any call. */
const usualBytes = 64 * 1024 ** 2;

/**
 * A small copy has no option of its own, since for a call with options the client throws away all that it
 * has prepared for others (decision 0010).
 */
export function copyOptions(bytes: number): { readonly requestTimeout: number } | undefined {
  return bytes <= usualBytes ? undefined : { requestTimeout: answerTimeoutMs(bytes) };
}
