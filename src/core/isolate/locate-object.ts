import { type FoundCopy, findVerifiedCopy } from '../copy/copy-object.ts';
import { isolationKeys } from '../evidence/isolation-key.ts';
import type { FlaggedObject } from '../finding.ts';
import type { Ports, SourceBuckets, StoredObject } from '../ports.ts';

export type Located =
  | { readonly kind: 'flagged'; readonly stored: StoredObject }
  | {
      /** Other bytes are at the key, or nothing is. */
      readonly kind: 'changed' | 'absent';
      /** The copy under the finding's own key, where it had to be looked for. */
      readonly found?: FoundCopy;
    };

/**
 * Finds exactly the flagged bytes: the version that the finding names, else what has the finding's ETag. Never
 * what merely lies there now.
 */
export async function locate(
  object: FlaggedObject,
  { sourceBuckets, isolationBucket }: Pick<Ports, 'sourceBuckets' | 'isolationBucket'>,
): Promise<Located> {
  const head = await sourceBuckets.head(object, object.versionId);
  if (head !== undefined && isFlagged(object, head)) return { kind: 'flagged', stored: head };
  if (object.versionId === undefined) {
    // They may be a noncurrent version, also where HEAD names none: not every store tells the id of `null` versions.
    const older = await findVersionByETag(object, sourceBuckets);
    if (older !== undefined) return { kind: 'flagged', stored: older };
    return { kind: head === undefined ? 'absent' : 'changed' };
  }
  const found = await findVerifiedCopy(object, isolationBucket);
  const other = await findOther(object, found, sourceBuckets);
  if (other !== undefined) return { kind: 'flagged', stored: other };
  const there = head ?? (await sourceBuckets.head(object));
  return { kind: there === undefined ? 'absent' : 'changed', found };
}

/**
 * The version that the finding names is gone, or holds other bytes. A version that is gone is not bytes that are
 * gone: the same bytes may have been put again. Where there is a copy, the version that it was made from is the
 * flagged object, and every other is a further version.
 */
async function findOther(
  object: FlaggedObject,
  found: FoundCopy,
  sourceBuckets: SourceBuckets,
): Promise<StoredObject | undefined> {
  if (object.eTag === undefined) return undefined;
  if (found.kind !== 'verified') return findVersionByETag(object, sourceBuckets);
  const { key, provenance } = found.copy;
  const { sourceVersionId } = provenance;
  const isOther = sourceVersionId !== undefined && sourceVersionId !== object.versionId;
  if (!isOther || !isolationKeys(object).includes(key)) return undefined;
  const stored = await sourceBuckets.head(object, sourceVersionId);
  return stored !== undefined && isFlagged(object, stored) ? stored : undefined;
}

function isFlagged(object: FlaggedObject, stored: StoredObject): boolean {
  return object.eTag === undefined || object.eTag === stored.eTag;
}

async function findVersionByETag(
  object: FlaggedObject,
  sourceBuckets: SourceBuckets,
): Promise<StoredObject | undefined> {
  const versions = await sourceBuckets.listVersions(object);
  // One may go between the listing and the look at it, and another with these bytes may still be there.
  for (const { isMarker, eTag, versionId } of versions) {
    if (isMarker || eTag !== object.eTag) continue;
    const stored = await sourceBuckets.head(object, versionId);
    if (stored !== undefined && isFlagged(object, stored)) return stored;
  }
  return undefined;
}

/** The flagged version went, and its very bytes were put again: nobody can say that they were overwritten. */
export async function isUnderOtherVersion(
  object: FlaggedObject,
  sourceBuckets: SourceBuckets,
): Promise<boolean> {
  if (object.eTag === undefined) return false;
  const listed = await sourceBuckets.listVersions(object);
  return listed.some(({ eTag, isMarker }) => !isMarker && eTag === object.eTag);
}
