/**
 * The id of the version that a bucket holds without versioning, or while versioning is suspended. Any PUT may
 * replace that version, so its id identifies no bytes (aws-facts 2, Delete).
 */
export const nullVersion = 'null';

export function isNullVersion(versionId: string | undefined): boolean {
  return versionId === nullVersion;
}

/** Returns the version id if it identifies bytes. */
export function realVersionId(versionId: string | undefined): string | undefined {
  return isNullVersion(versionId) ? undefined : versionId;
}
