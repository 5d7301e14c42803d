import type { FlaggedObject, ObjectAddress } from '../finding.ts';
import type { IsolationBucket, StoredObject } from '../ports.ts';
import { realVersionId } from '../version-id.ts';
import { releaseKey } from './keys.ts';

/** Tag, or user metadata, of an object that a person put back. Anybody may set it, so alone it proves nothing. */
export const releaseMark = 'isolator-released';

/** Whether it is worth asking for release records at all: others must not cost a call. */
export function carriesReleaseMark(object: FlaggedObject, stored: StoredObject): boolean {
  // Found in place of the version that the finding names: it may be what was put back of the bytes flagged.
  if (object.versionId !== undefined && stored.versionId !== object.versionId) return true;
  // A version that the finding does not name is known by its ETag, under which others may have been isolated
  // and released; its tags may hold the mark.
  const isKnownByETag = object.versionId === undefined && stored.versionId !== undefined;
  const mayBeTagged = isKnownByETag && stored.tagCount > 0;
  return object.releaseMark === true || releaseMark in stored.metadata || mayBeTagged;
}

/** Whether a person released these very bytes: by the version that lies there, or by its ETag. */
export async function isReleased(
  object: ObjectAddress,
  stored: StoredObject,
  isolation: IsolationBucket,
): Promise<boolean> {
  for (const id of [realVersionId(stored.versionId), stored.eTag]) {
    if (id !== undefined && (await isolation.head(releaseKey(object, id))) !== undefined) return true;
  }
  return false;
}
