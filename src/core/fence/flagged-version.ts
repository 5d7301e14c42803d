import { RefusedError } from '../errors.ts';
import type { FlaggedObject } from '../finding.ts';
import type { RefusedReason } from '../outcome.ts';
import type { ListedVersion, SourceBuckets } from '../source-buckets.ts';
import { isNullVersion } from '../version-id.ts';
import type { FlaggedVersion } from './tag-and-look.ts';

/** The flagged version of a key, and what else may hold its bytes. */
export interface Found {
  readonly version: FlaggedVersion;
  /** `unknown`: the versions may not be listed. */
  readonly mayBeSame: readonly string[] | 'unknown';
}

/** What a look for the flagged version found. */
export interface Look {
  /** `unknown`: nobody can tell which version is flagged. `undefined`: the flagged bytes are not there. */
  readonly found: Found | 'unknown' | undefined;
  /** Absent if the versions may not be listed. */
  readonly listed?: readonly ListedVersion[];
}

/** The bucket is gone, or is not the one that Macie scanned. */
const elsewhere: ReadonlySet<RefusedReason> = new Set(['no-such-bucket', 'wrong-owner']);

export async function findFlagged(
  object: FlaggedObject,
  sourceBuckets: SourceBuckets,
): Promise<Look['found']> {
  return (await lookForFlagged(object, sourceBuckets)).found;
}

/**
 * Finds the flagged version by a listing, because HEAD is refused where the key of an encrypted object is dead. If
 * the listing is refused too, a version id that the finding names is enough.
 */
export async function lookForFlagged(object: FlaggedObject, sourceBuckets: SourceBuckets): Promise<Look> {
  const { versionId, eTag } = object;
  let listed: readonly ListedVersion[];
  try {
    listed = await sourceBuckets.listVersions(object);
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    if (elsewhere.has(error.reason)) return { found: undefined };
    if (versionId === undefined) return { found: 'unknown' };
    const version = { versionId, ...(eTag !== undefined && { eTag }) };
    return { found: { version, mayBeSame: 'unknown' } };
  }
  return { found: flaggedIn(listed, object), listed };
}

/** Finds the flagged version in a listing of the key. */
export function flaggedIn(listed: readonly ListedVersion[], object: FlaggedObject): Found | undefined {
  const versions = listed.filter(({ isMarker }) => !isMarker);
  const flagged = flaggedAmong(versions, object);
  if (flagged === undefined) return undefined;
  const others = versions.filter((each) => each !== flagged);
  // Encryption gives equal bytes different ETags.
  const mayBeSame = others.filter(
    (each) => each.eTag === flagged.eTag || each.sizeBytes === flagged.sizeBytes,
  );
  const isAlone = listed.length === 1 && isNullVersion(flagged.versionId);
  // A bucket that was never versioned may have no `null` version to name.
  const version = { eTag: flagged.eTag, ...(!isAlone && { versionId: flagged.versionId }) };
  return { version, mayBeSame: mayBeSame.map((each) => each.versionId) };
}

/** The version that the finding names. If it is gone, the same bytes may lie there under another id. */
function flaggedAmong(
  versions: readonly ListedVersion[],
  { eTag, versionId }: FlaggedObject,
): ListedVersion | undefined {
  const isSame = (version: ListedVersion) => eTag === undefined || version.eTag === eTag;
  const named = versions.find((version) => version.versionId === versionId && isSame(version));
  if (named !== undefined || eTag === undefined) return named;
  return versions.find(isSame);
}
