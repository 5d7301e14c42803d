import { type Checksum, comparable } from './checksum.ts';
import { RefusedError } from './errors.ts';
import type { FlaggedObject } from './finding.ts';
import type { ListedVersion, SourceBuckets, StoredObject } from './ports.ts';

/** What was taken away at the source and what was left. Version ids; `null` for an object without one. */
export interface VersionsTouched {
  readonly removedVersions: readonly string[];
  /** Versions of the key that are still there. */
  readonly remainingVersions: readonly string[];
  /** Those among the remaining that have the flagged size but no comparable checksum. */
  readonly uncomparedVersions: readonly string[];
  /** The delete marker that hides the key now. */
  readonly markerVersionId?: string;
}

type FlaggedVersion = Pick<StoredObject, 'sizeBytes' | 'checksum'> & { readonly versionId: string };

export interface RemovalPlan {
  readonly current: ListedVersion | undefined;
  /** Identical versions first and the flagged one last, so that after a crash there is still work to find. */
  readonly remove: readonly string[];
  /** Without a marker of ours an older version would become the current one. */
  readonly needsMarker: boolean;
  readonly touchesNull: boolean;
  /** Of the `null` version as it was when it was compared. */
  readonly nullETag: string | undefined;
  /** What is left of the key once these are removed. */
  left(removed: readonly string[], markerVersionId?: string): VersionsTouched;
}

/** Lists the versions of the key and compares those of the flagged size by full-object checksum. */
export async function planRemoval(
  object: FlaggedObject,
  flagged: FlaggedVersion,
  source: SourceBuckets,
): Promise<RemovalPlan> {
  const listed = await source.listVersions(object);
  const { identical, uncompared } = await compareVersions(listed, object, flagged, source);
  const remove = [...identical, flagged.versionId];
  const current = listed.find((version) => version.isLatest);
  const surfacing = listed.find((version) => !remove.includes(version.versionId));
  const needsMarker =
    current !== undefined && remove.includes(current.versionId) && surfacing?.isMarker === false;
  const nullVersion = listed.find((version) => version.versionId === 'null');
  return {
    current,
    remove,
    needsMarker,
    touchesNull: remove.includes('null') || (needsMarker && nullVersion !== undefined),
    nullETag: nullVersion?.eTag,
    left(removed, ours) {
      const markerVersionId = ours ?? (current?.isMarker ? current.versionId : undefined);
      const remaining = listed.filter((version) => !version.isMarker && !removed.includes(version.versionId));
      return {
        removedVersions: removed,
        remainingVersions: remaining.map((version) => version.versionId),
        uncomparedVersions: uncompared,
        ...(markerVersionId !== undefined && { markerVersionId }),
      };
    },
  };
}

async function compareVersions(
  listed: readonly ListedVersion[],
  object: FlaggedObject,
  flagged: FlaggedVersion,
  source: SourceBuckets,
): Promise<{ readonly identical: readonly string[]; readonly uncompared: readonly string[] }> {
  const identical: string[] = [];
  const uncompared: string[] = [];
  for (const { isMarker, sizeBytes, versionId } of listed) {
    if (isMarker || versionId === flagged.versionId || sizeBytes !== flagged.sizeBytes) continue;
    const verdict = await compare(object, flagged.checksum, versionId, source);
    if (verdict === 'identical') identical.push(versionId);
    if (verdict === 'unknown') uncompared.push(versionId);
  }
  return { identical, uncompared };
}

async function compare(
  object: FlaggedObject,
  flagged: Checksum | undefined,
  versionId: string,
  source: SourceBuckets,
): Promise<'identical' | 'different' | 'unknown'> {
  try {
    const stored = await source.head(object, versionId);
    if (stored === undefined) return 'different';
    if (!comparable(stored.checksum, flagged)) return 'unknown';
    return stored.checksum?.value === flagged?.value ? 'identical' : 'different';
  } catch (error) {
    // One version that may not be read must not keep the flagged one exposed.
    if (error instanceof RefusedError) return 'unknown';
    throw error;
  }
}
