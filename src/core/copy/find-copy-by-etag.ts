import { isCopyUnder, isolationKeys, prefixesOfCopies } from '../evidence/keys.ts';
import type { FlaggedObject } from '../finding.ts';
import type { IsolatedCopy } from '../isolation.ts';
import type { IsolationBucket, ListedCopy } from '../isolation-bucket.ts';
import { findVerifiedCopy, verifyCopyAt } from './found-copy.ts';

/** Each candidate costs at least a HEAD, and a key may have been flagged any number of times. */
const maximumLooks = 20;

/** Finds a copy of the flagged bytes, whichever finding it was made for. */
export async function findAnyCopy(
  object: FlaggedObject,
  isolationBucket: IsolationBucket,
): Promise<IsolatedCopy | undefined> {
  const found = await findVerifiedCopy(object, isolationBucket);
  return found.kind === 'verified' ? found.copy : findCopyByETag(object, isolationBucket);
}

/**
 * Finds a copy of the flagged bytes that was made for another finding, which named them by another version id
 * or by none. The most likely copies are verified first: copies with the size in the finding, and among these
 * the newest.
 */
export async function findCopyByETag(
  object: FlaggedObject,
  isolationBucket: IsolationBucket,
): Promise<IsolatedCopy | undefined> {
  if (object.eTag === undefined) return undefined;
  const own: readonly string[] = isolationKeys(object);
  const candidates: ListedCopy[] = [];
  for (const prefix of prefixesOfCopies(object)) {
    const listed = await isolationBucket.list(prefix);
    candidates.push(...listed.filter(({ key }) => isCopyUnder(prefix, key) && !own.includes(key)));
  }
  for (const { key } of candidates.toSorted(likeliestFirst(object)).slice(0, maximumLooks)) {
    const found = await verifyCopyAt(key, object.eTag, isolationBucket);
    if (found.kind === 'verified') return found.copy;
  }
  return undefined;
}

function likeliestFirst({ sizeBytes }: FlaggedObject): (a: ListedCopy, b: ListedCopy) => number {
  const unlike = (copy: ListedCopy) => (copy.sizeBytes === sizeBytes ? 0 : 1);
  return (a, b) => unlike(a) - unlike(b) || b.lastModified.getTime() - a.lastModified.getTime();
}
