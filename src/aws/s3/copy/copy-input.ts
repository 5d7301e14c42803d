import {
  type ContentHeaders,
  encodeTags,
  type Tag,
  withoutTransferCoding,
} from '../../../core/properties.ts';
import { answerTimeoutMs } from '../object/answer-timeout.ts';
import { quoted } from '../object/etag.ts';

/** The destination of a copy, as every call needs it that creates an object in the isolation bucket. */
export interface DestinationInput {
  readonly Bucket: string;
  readonly Key: string;
  readonly ExpectedBucketOwner: string;
  readonly ServerSideEncryption?: 'aws:kms';
  readonly SSEKMSKeyId?: string;
  readonly BucketKeyEnabled?: true;
}

/** A copy with replaced metadata, or in parts, has only the content headers that the call sends. */
export function contentInput(headers: ContentHeaders) {
  // Browsers understand `0`, `-1` and similar values, but `Date` reads them as years.
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

/** Nothing may lie at the destination, or only the object with this ETag. */
export function destinationCondition(
  over: string | undefined,
): { readonly IfNoneMatch: '*' } | { readonly IfMatch: string } {
  return over === undefined ? { IfNoneMatch: '*' } : { IfMatch: quoted(over) };
}

/** Some stores do not accept an empty header. */
export function taggingInput(tags: readonly Tag[]): { readonly Tagging?: string } {
  return tags.length === 0 ? {} : { Tagging: encodeTags(tags) };
}

/** A copy of this size fits into the usual time limit of the clients. */
const usualBytes = 64 * 1024 ** 2;

/**
 * A small copy has no options of its own, because the SDK client discards its prepared middleware for a call
 * with options (decision 0010).
 */
export function copyOptions(bytes: number): { readonly requestTimeout: number } | undefined {
  return bytes <= usualBytes ? undefined : { requestTimeout: answerTimeoutMs(bytes) };
}
