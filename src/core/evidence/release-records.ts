import type { FlaggedObject, ObjectAddress } from '../finding.ts';
import type { IsolationBucket } from '../isolation-bucket.ts';
import type { StoredObject } from '../source-buckets.ts';
import { realVersionId } from '../version-id.ts';
import { releaseKey } from './keys.ts';

/**
 * The tag, or user metadata, of an object that a person put back. Anybody may set it, so it proves nothing by
 * itself.
 */
export const releaseMark = 'isolator-released';

/** Whether release records must be read at all. Other objects must not cost a call. */
export function carriesReleaseMark(object: FlaggedObject, stored: StoredObject): boolean {
  // A different version than the finding names may be the released object with the flagged bytes.
  if (object.versionId !== undefined && stored.versionId !== object.versionId) return true;
  // A version that the finding does not name is known by its ETag. Other objects with this ETag may have been
  // isolated and released, and its tags may hold the mark.
  const isKnownByETag = object.versionId === undefined && stored.versionId !== undefined;
  const mayBeTagged = isKnownByETag && stored.tagCount > 0;
  return object.releaseMark === true || releaseMark in stored.metadata || mayBeTagged;
}

/** Whether a person released exactly these bytes, by the id of the present version or by its ETag. */
export async function isReleased(
  object: ObjectAddress,
  stored: { readonly versionId?: string | undefined; readonly eTag?: string | undefined },
  isolation: IsolationBucket,
): Promise<boolean> {
  for (const id of [realVersionId(stored.versionId), stored.eTag]) {
    if (id !== undefined && (await isolation.head(releaseKey(object, id))) !== undefined) return true;
  }
  return false;
}
