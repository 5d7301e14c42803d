import type { VersionSeen, VersionsTouched } from '../isolation.ts';
import type { ListedVersion } from '../ports.ts';
import type { ChosenVersions } from './choose-versions.ts';

export interface RemovalPlan {
  readonly current: ListedVersion | undefined;
  /** The flagged one last, so that after a crash there is still work to find. */
  readonly remove: readonly VersionSeen[];
  /** Those among them that are the flagged bytes once more, and so have no copy of their own. */
  isIdentical(versionId: string): boolean;
  /** Without a marker of ours an older version would become the current one. */
  readonly needsMarker: boolean;
  /** The `null` version would be removed, or replaced by a marker where versioning is suspended. */
  readonly touchesNull: boolean;
  /**
   * A delete marker that may come to light once these are removed: one of ours, perhaps, whose worker died.
   * Listings do not tell where among the versions it lies.
   */
  markerBelow(removed: readonly string[]): string | undefined;
  /** What is left of the key once these are removed. */
  touched(removed: readonly string[], markerVersionId?: string): VersionsTouched;
}

/** What is there of a key of which nothing is removed, with the delete marker that may hide it. */
export function nothingRemoved(listed: readonly ListedVersion[]): VersionsTouched {
  return planRemoval(undefined, listed, { others: [], identical: [], uncompared: [] }).touched([]);
}

/**
 * What to do to a key with these versions, so that the chosen ones go and no older one surfaces.
 * `flagged` is absent where that version is gone already.
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
  const hasNull = listed.some((version) => version.versionId === 'null' && !version.isMarker);
  return {
    current,
    remove,
    isIdentical: (versionId) => chosen.identical.some((version) => version.versionId === versionId),
    needsMarker,
    touchesNull: isRemoved('null') || (needsMarker && hasNull),
    markerBelow(removed) {
      if (current === undefined || !removed.includes(current.versionId)) return undefined;
      return listed.find(({ isMarker }) => isMarker)?.versionId;
    },
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
