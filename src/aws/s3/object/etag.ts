import { RetryableError } from '../../../core/errors.ts';

/** A conditional header needs the ETag in quotes, as S3 gives it. */
export function quoted(eTag: string): string {
  return `"${eTag}"`;
}

/**
 * Returns the ETag without quotes, or an empty text if there is no ETag. A proxy that compresses an answer makes its ETag
 * a weak one, while the store knows the same ETag as a strong one.
 */
export function unquoted(eTag: string | undefined): string {
  return eTag?.replace(/^W\//, '').replaceAll('"', '') ?? '';
}

/**
 * Returns the ETag of an answer, without quotes. S3 names the ETag of every object that it shows or takes. An answer without
 * one comes from a proxy, and says nothing about the object: throws `RetryableError`.
 */
export function eTagOf({ ETag }: { readonly ETag?: string | undefined }, call: string): string {
  const eTag = unquoted(ETag);
  if (eTag === '') throw new RetryableError('AnswerWithoutETag', `the answer to ${call} has no ETag`);
  return eTag;
}
