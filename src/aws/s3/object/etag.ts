/** A conditional header needs the ETag in quotes, as S3 gives it. */
export function quoted(eTag: string): string {
  return `"${eTag}"`;
}

export function unquoted(eTag: string | undefined): string {
  return eTag?.replaceAll('"', '') ?? '';
}
