import type { FlaggedObject } from '../finding.ts';
import type { SourceBuckets, StoredObject } from '../ports.ts';

export type Located =
  | { readonly kind: 'flagged'; readonly stored: StoredObject }
  /** Other bytes are at the key. */
  | { readonly kind: 'changed' }
  /** Nothing is at the key. */
  | { readonly kind: 'absent' };

/** Finds exactly the flagged bytes: by version id where the finding has one, else by ETag. Never what merely lies there now. */
export async function locate(object: FlaggedObject, source: SourceBuckets): Promise<Located> {
  const head = await source.head(object, object.versionId);
  if (head !== undefined && isFlagged(object, head)) return { kind: 'flagged', stored: head };
  if (object.versionId !== undefined) return locateOther(object, source, head);
  // They may be a noncurrent version, also where HEAD names none: not every store tells the id of `null` versions.
  const older = await findVersionByETag(object, source);
  if (older !== undefined) return { kind: 'flagged', stored: older };
  return { kind: head === undefined ? 'absent' : 'changed' };
}

function isFlagged(object: FlaggedObject, stored: StoredObject): boolean {
  return object.eTag === undefined || object.eTag === stored.eTag;
}

/** The version is not there, or holds other bytes than the finding says. */
async function locateOther(
  object: FlaggedObject,
  source: SourceBuckets,
  version: StoredObject | undefined,
): Promise<Located> {
  const there = version ?? (await source.head(object));
  return { kind: there === undefined ? 'absent' : 'changed' };
}

async function findVersionByETag(
  object: FlaggedObject,
  source: SourceBuckets,
): Promise<StoredObject | undefined> {
  const versions = await source.listVersions(object);
  // One may go between the listing and the look at it, and another with these bytes may still be there.
  for (const { isMarker, eTag, versionId } of versions) {
    if (isMarker || eTag !== object.eTag) continue;
    const stored = await source.head(object, versionId);
    if (stored !== undefined && isFlagged(object, stored)) return stored;
  }
  return undefined;
}
