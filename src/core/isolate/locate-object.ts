import { type FoundCopy, findVerifiedCopy } from '../copy/found-copy.ts';
import { RefusedError, RetryableError } from '../errors.ts';
import { isolationKeys } from '../evidence/keys.ts';
import type { FlaggedObject } from '../finding.ts';
import type { RefusedReason } from '../outcome.ts';
import type { Ports } from '../ports.ts';
import { listAgain } from '../remove/list-again.ts';
import type { ListedVersion, SourceBuckets, StoredObject } from '../source-buckets.ts';
import { unlessRefused } from '../unless-refused.ts';

export type Located =
  | { readonly kind: 'flagged'; readonly stored: StoredObject }
  | {
      /** The key holds other bytes, or no object. */
      readonly kind: 'changed' | 'absent';
      /** The copy at the finding's own isolation key, if it had to be looked for. */
      readonly found?: FoundCopy;
    };

/**
 * Finds exactly the flagged bytes: the version that the finding names, or else a version with the finding's
 * ETag. It never takes the current object without comparing it. Throws `RetryableError` if a version with the ETag is
 * listed, and HEAD lacks it.
 */
export async function locate(
  object: FlaggedObject,
  { sourceBuckets, isolationBucket }: Pick<Ports, 'sourceBuckets' | 'isolationBucket'>,
): Promise<Located> {
  const { versionId } = object;
  const head =
    versionId === undefined
      ? await lookAtCurrent(object, sourceBuckets)
      : await sourceBuckets.head(object, versionId);
  if (head !== undefined && head !== 'unreadable' && isFlagged(object, head)) {
    return { kind: 'flagged', stored: head };
  }
  if (versionId === undefined) {
    // The flagged bytes may be a noncurrent version, even if HEAD shows no version id: some stores do not
    // show the id of `null` versions.
    const older = await findVersionByETag(object, sourceBuckets);
    if (older !== undefined) return { kind: 'flagged', stored: older };
    return { kind: head === undefined ? 'absent' : 'changed' };
  }
  const found = await findVerifiedCopy(object, isolationBucket);
  const other = await findOther(object, found, sourceBuckets);
  if (other !== undefined) return { kind: 'flagged', stored: other };
  const there = head ?? (await lookAtCurrent(object, sourceBuckets));
  return { kind: there === undefined ? 'absent' : 'changed', found };
}

/** The reasons that are about the object itself, and so show that there is one. */
const ofObject: ReadonlySet<RefusedReason> = new Set(['source-key-unusable', 'sse-c', 'unverifiable-size']);

/**
 * Looks at the current object. Whoever may put an object there can make it unreadable, for example by a key of their own.
 * That must not hide what became of the flagged bytes. `unreadable`: it may not be read, and a listing shows that it is not
 * what the finding names by its ETag.
 */
async function lookAtCurrent(
  object: FlaggedObject,
  sourceBuckets: SourceBuckets,
): Promise<StoredObject | 'unreadable' | undefined> {
  try {
    return await sourceBuckets.head(object);
  } catch (error) {
    if (!(error instanceof RefusedError) || !ofObject.has(error.reason)) throw error;
    const listed = await unlessRefused(sourceBuckets.listVersions(object), undefined);
    const current = listed?.find(({ isLatest }) => isLatest);
    const mayBeFlagged = object.versionId === undefined && current?.eTag === object.eTag;
    if (listed === undefined || mayBeFlagged) throw error;
    return current === undefined || current.isMarker ? undefined : 'unreadable';
  }
}

/**
 * The version that the finding names is gone, or holds other bytes. The flagged bytes may still be there,
 * because the same bytes may have been put again. If a copy exists, the version from which it was made is the
 * flagged object, and every other version is a further version.
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
  // A version may disappear between the listing and the HEAD, while another version with these bytes may
  // still exist.
  const lacked: ListedVersion[] = [];
  for (const version of versions) {
    if (version.isMarker || version.eTag !== object.eTag) continue;
    const stored = await sourceBuckets.head(object, version.versionId);
    if (stored !== undefined && isFlagged(object, stored)) return stored;
    if (stored === undefined) lacked.push(version);
  }
  await listAgain(lacked, versions, object, sourceBuckets);
  if (lacked.length > 0) throw lacksListed();
  return undefined;
}

/** The answers of the store contradict each other. */
export function lacksListed(): RetryableError {
  return new RetryableError('SourceInFlux', 'HEAD lacks a version that is listed');
}

/** Whether the flagged bytes are listed: under their ETag, or, if the finding has none, under the version that it names. */
export function listsFlagged({ eTag, versionId }: FlaggedObject, listed: readonly ListedVersion[]): boolean {
  const isFlagged = (version: ListedVersion) =>
    eTag === undefined ? version.versionId === versionId : version.eTag === eTag;
  return listed.some((version) => !version.isMarker && isFlagged(version));
}
