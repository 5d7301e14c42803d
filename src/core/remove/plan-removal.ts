import type { VersionSeen, VersionsTouched } from '../isolation.ts';
import type { ListedVersion } from '../source-buckets.ts';
import { isNullVersion, nullVersion } from '../version-id.ts';
import type { ChosenVersions } from './choose-versions.ts';

export interface RemovalPlan {
  readonly current: ListedVersion | undefined;
  /** The flagged version is last, so that after a crash the next handling still finds work. */
  readonly remove: readonly VersionSeen[];
  /** Whether the version is identical to the flagged version, and so has no copy of its own. */
  isIdentical(versionId: string): boolean;
  /** Without a delete marker an older version would become the current version. */
  readonly needsMarker: boolean;
  /** The `null` version would be removed, or replaced by a marker in a suspended bucket. */
  readonly touchesNull: boolean;
  /** The newest delete marker that was listed, for example the marker of a worker that died. */
  readonly newestMarker: string | undefined;
  /** Returns the versions that remain once these versions are removed. */
  touched(removed: readonly string[], markerVersionId?: string): VersionsTouched;
}

/** Returns the versions of a key of which nothing is removed, with the delete marker that may hide them. */
export function nothingRemoved(listed: readonly ListedVersion[]): VersionsTouched {
  return planRemoval(undefined, listed, { others: [], identical: [], uncompared: [] }).touched([]);
}

/**
 * Plans the removal of the chosen versions of a key, so that no older version resurfaces. `flagged` is absent
 * if that version is gone already.
 */
export function planRemoval(
  flagged: VersionSeen | undefined,
  listed: readonly ListedVersion[],
  chosen: ChosenVersions,
): RemovalPlan {
  const remove = flagged ? [...chosen.others, flagged] : chosen.others;
  const isRemoved = (versionId: string) => remove.some((version) => version.versionId === versionId);
  const current = listed.find((version) => version.isLatest);
  const surfacing = listed.find((version) => !isRemoved(version.versionId));
  const surfaces =
    surfacing?.isMarker === false || (chosen.mixed === true && current?.versionId !== flagged?.versionId);
  const needsMarker = current !== undefined && isRemoved(current.versionId) && surfaces;
  const hasNull = listed.some((version) => isNullVersion(version.versionId) && !version.isMarker);
  return {
    current,
    remove,
    isIdentical: (versionId) => chosen.identical.some((version) => version.versionId === versionId),
    needsMarker,
    touchesNull: isRemoved(nullVersion) || (needsMarker && hasNull),
    newestMarker: listed.find(({ isMarker }) => isMarker)?.versionId,
    touched(removed, ours) {
      const markerVersionId = ours ?? (current?.isMarker ? current.versionId : undefined);
      const remaining = listed.filter((version) => !version.isMarker && !removed.includes(version.versionId));
      return {
        removedVersions: removed,
        remainingVersions: remaining.map((version) => version.versionId),
        uncomparedVersions: chosen.uncompared,
        ...(markerVersionId !== undefined && { markerVersionId }),
      };
    },
  };
}
