import { realVersionId } from './version-id.ts';

/** S3's limit for a key, in bytes of UTF-8. */
export const maximumKeyBytes = 1_024;

/** The parser of findings reads no longer one. Those of S3 have about 32 characters. */
const maximumVersionIdLength = 512;

/** Whether a bucket may have this name. Old buckets of us-east-1 have capitals and underscores. */
export function isBucketName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]$/.test(name);
}

/** Whether an object may have this key. A lone surrogate has no UTF-8 form, so no object has a key with one. */
export function isObjectKey(key: string): boolean {
  return key !== '' && key.isWellFormed() && Buffer.byteLength(key) <= maximumKeyBytes;
}

/** Returns the version id if it has the form of an id that identifies bytes. */
export function checkedVersionId(given: string | undefined): string | undefined {
  const versionId = realVersionId(given);
  if (versionId === undefined || versionId === '') return undefined;
  if (versionId.length > maximumVersionIdLength) return undefined;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return /[*@~"'\u0000-\u0020\u007f-\uffff]/.test(versionId) ? undefined : versionId;
}

/** Returns the ETag without quotes if it has the form that S3 gives: `*` would match anything. */
export function checkedETag(eTag: string | undefined): string | undefined {
  const bare = eTag?.replace(/^"(.*)"$/, '$1');
  return bare !== undefined && /^[0-9a-fA-F]{32}(-\d{1,5})?$/.test(bare) ? bare : undefined;
}
