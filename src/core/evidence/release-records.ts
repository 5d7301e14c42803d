import { fenceTag } from '../fences.ts';
import type { Finding, ObjectAddress } from '../finding.ts';
import type { IsolationBucket } from '../isolation-bucket.ts';
import { maximumTags } from '../properties.ts';
import type { StoredObject } from '../source-buckets.ts';
import { realVersionId } from '../version-id.ts';
import { releaseKey } from './keys.ts';

/**
 * The tag, or user metadata, of an object that a person put back. Anybody may set it, so it proves nothing by
 * itself.
 */
export const releaseMark = 'isolator-released';

/**
 * Whether release records must be read at all. Other objects must not cost a call: objects without tags, and objects
 * whose tags the finding names.
 */
export function mayCarryReleaseMark(
  { object, traits }: Pick<Finding, 'object' | 'traits'>,
  stored: StoredObject,
): boolean {
  // A different version than the finding names may be the released object with the flagged bytes.
  if (object.versionId !== undefined && stored.versionId !== object.versionId) return true;
  // A version that the finding does not name is known by its ETag. Other objects with this ETag may have been
  // isolated and released, and its tags may hold the mark.
  const isKnownByETag = object.versionId === undefined && stored.versionId !== undefined;
  const mayBeTagged = stored.tagCount > 0 && (isKnownByETag || hasOtherTags(traits?.objectTags, stored));
  return object.releaseMark === true || releaseMark in stored.metadata || mayBeTagged;
}

/**
 * Whether the object may have tags that the finding does not name. A release of an object that was never moved tags
 * it after the scan, in place of the tag of the fence. An object without room for another tag gets no mark.
 */
function hasOtherTags(
  named: readonly { readonly key: string }[] | undefined,
  { tagCount }: StoredObject,
): boolean {
  const known = named?.filter(({ key }) => key !== fenceTag);
  return tagCount !== known?.length || tagCount >= maximumTags;
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
