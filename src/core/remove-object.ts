import { comparable } from './checksum.ts';
import { RetryableError } from './errors.ts';
import type { FlaggedObject } from './finding.ts';
import type { RetainedReason } from './outcome.ts';
import type { DeleteAnswer, ListedVersion, SourceBuckets, StoredObject } from './ports.ts';

/** What was taken away at the source and what was left. Version ids; `null` for an object without one. */
export interface VersionsTouched {
  readonly removedVersions: readonly string[];
  /** Versions of the key with other bytes, or whose bytes could not be compared. */
  readonly remainingVersions: readonly string[];
  /** Those among the remaining that have the flagged size but no comparable checksum. */
  readonly uncomparedVersions: readonly string[];
  /** Our delete marker hides the key: an older version would have surfaced, or we could not take it away. */
  readonly markerVersionId?: string;
}

export type Removal =
  | ({ readonly kind: 'removed' } & VersionsTouched)
  | ({ readonly kind: 'retained'; readonly reason: RetainedReason } & VersionsTouched)
  /** The current object is no longer the flagged one: nothing was removed. */
  | { readonly kind: 'vanished' };

/**
 * Removes the flagged bytes, which must be copied and verified by now, and nothing else. Conditions on
 * a delete are only met against the current version, so an unversioned object is deleted by If-Match
 * and a version by its id, which never holds other bytes (aws-facts 9.7).
 */
export async function removeFlaggedBytes(
  object: FlaggedObject,
  flagged: StoredObject,
  source: SourceBuckets,
): Promise<Removal> {
  if (flagged.lock !== undefined) return retained(flagged.lock, nothingTouched);
  if (flagged.versionId === undefined) return removeUnversioned(object, flagged, source);
  const plan = await planRemoval(object, flagged, flagged.versionId, source);
  return carryOut(plan, object, source);
}

const nothingTouched: VersionsTouched = {
  removedVersions: [],
  remainingVersions: [],
  uncomparedVersions: [],
};

function retained(reason: RetainedReason, touched: VersionsTouched): Removal {
  return { kind: 'retained', reason, ...touched };
}

async function removeUnversioned(
  object: FlaggedObject,
  flagged: StoredObject,
  source: SourceBuckets,
): Promise<Removal> {
  const answer = await source.deleteCurrent(object, flagged.eTag);
  switch (answer.kind) {
    case 'deleted':
      return { kind: 'removed', ...nothingTouched, removedVersions: ['null'] };
    case 'precondition-failed':
      return { kind: 'vanished' };
    case 'refused':
      return retained(answer.reason, nothingTouched);
    case 'marker-put':
      // Somebody switched versioning on since HEAD: the bytes are still there, under a version id.
      await takeMarkerAway(object, answer.markerVersionId, source);
      throw new RetryableError('VersioningChanged', 'the bucket became versioned in the middle');
  }
}

interface RemovalPlan {
  readonly current: ListedVersion | undefined;
  /** Identical versions first and the flagged one last, so that after a crash there is still work to find. */
  readonly remove: readonly string[];
  readonly remain: readonly string[];
  readonly uncompared: readonly string[];
  readonly needsMarker: boolean;
  readonly hasNullVersion: boolean;
}

async function planRemoval(
  object: FlaggedObject,
  flagged: StoredObject,
  flaggedId: string,
  source: SourceBuckets,
): Promise<RemovalPlan> {
  const versions = await source.listVersions(object);
  const identical: string[] = [];
  const uncompared: string[] = [];
  for (const version of versions) {
    if (version.isMarker || version.versionId === flaggedId || version.sizeBytes !== flagged.sizeBytes)
      continue;
    const verdict = await compare(object, flagged, version, source);
    if (verdict === 'identical') identical.push(version.versionId);
    if (verdict === 'unknown') uncompared.push(version.versionId);
  }
  const remove = [...identical, flaggedId];
  const remaining = versions.filter((version) => !version.isMarker && !remove.includes(version.versionId));
  const current = versions.find((version) => version.isLatest);
  return {
    current,
    remove,
    remain: remaining.map((version) => version.versionId),
    uncompared,
    needsMarker: current !== undefined && remove.includes(current.versionId) && remaining.length > 0,
    hasNullVersion: versions.some((version) => version.versionId === 'null'),
  };
}

async function compare(
  object: FlaggedObject,
  flagged: StoredObject,
  version: ListedVersion,
  source: SourceBuckets,
): Promise<'identical' | 'different' | 'unknown'> {
  const stored = await source.head(object, version.versionId);
  if (stored === undefined) return 'different';
  if (!comparable(stored.checksum, flagged.checksum)) return 'unknown';
  return stored.checksum?.value === flagged.checksum?.value ? 'identical' : 'different';
}

/** Guard, hide, delete; and undo the hiding where the delete is refused. */
async function carryOut(plan: RemovalPlan, object: FlaggedObject, source: SourceBuckets): Promise<Removal> {
  const touched = (removed: readonly string[], markerVersionId?: string): VersionsTouched => ({
    removedVersions: removed,
    remainingVersions: [...plan.remain, ...plan.remove.filter((id) => !removed.includes(id))],
    uncomparedVersions: plan.uncompared,
    ...(markerVersionId !== undefined && { markerVersionId }),
  });
  // Outside of Enabled a PUT replaces the null version, and a marker destroys it: neither can be guarded.
  const touchesNull = plan.remove.includes('null') || (plan.needsMarker && plan.hasNullVersion);
  if (touchesNull && (await source.versioning(object)) !== 'enabled') {
    return retained('unguardable-null-version', touched([]));
  }
  let marker: string | undefined;
  if (plan.needsMarker && plan.current !== undefined) {
    const answer = await source.deleteCurrent(object, plan.current.eTag);
    if (answer.kind === 'refused') return retained(answer.reason, touched([]));
    if (answer.kind === 'precondition-failed') throw inFlux();
    if (answer.kind === 'deleted') throw inFlux();
    marker = answer.markerVersionId;
  }
  const removed: string[] = [];
  for (const versionId of plan.remove) {
    const answer: DeleteAnswer = await source.deleteVersion(object, versionId);
    if (answer.kind === 'deleted') {
      removed.push(versionId);
      continue;
    }
    const reason = answer.kind === 'refused' ? answer.reason : 'delete-denied';
    const hidden =
      marker === undefined || (await takeMarkerAway(object, marker, source)) ? undefined : marker;
    return retained(reason, touched(removed, hidden));
  }
  return { kind: 'removed', ...touched(removed, marker) };
}

function inFlux(): RetryableError {
  return new RetryableError('SourceInFlux', 'the key got another current version in the middle');
}

/** Only ever our own marker, by the id that its answer gave. One with the id `null` may by now be somebody's object. */
async function takeMarkerAway(
  object: FlaggedObject,
  markerVersionId: string,
  source: SourceBuckets,
): Promise<boolean> {
  if (markerVersionId === 'null') return false;
  const answer = await source.deleteVersion(object, markerVersionId);
  return answer.kind === 'deleted';
}
