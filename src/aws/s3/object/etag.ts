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
