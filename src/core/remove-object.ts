import type { Checksum } from './checksum.ts';
import { RefusedError, RetryableError } from './errors.ts';
import type { FlaggedObject } from './finding.ts';
import type { RetainedReason } from './outcome.ts';
import { planRemoval, type RemovalPlan, type VersionsTouched } from './plan-removal.ts';
import type { SourceBuckets, StoredObject } from './ports.ts';

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
  const { versionId } = flagged;
  if (flagged.lock !== undefined) {
    return retained(flagged.lock, { ...nothing, remainingVersions: [versionId ?? 'null'] });
  }
  if (versionId === undefined) return removePlainly(object, flagged, 'never', source);
  const plan = await planRemoval(object, { ...flagged, versionId }, source);
  const versioning = plan.touchesNull ? await source.versioning(object) : 'enabled';
  if (versioning === 'enabled') return removeById(plan, object, flagged, source);
  // Outside of Enabled a PUT replaces the null version and a marker destroys it. A plain delete with
  // If-Match can be guarded, if the null version is the current one and all that there is to remove.
  const plainly = versionId === 'null' && plan.remove.length === 1 && plan.current?.versionId === 'null';
  if (!plainly) return retained('unguardable-null-version', { ...plan.left([]), removedVersions: [] });
  const removal = await removePlainly(object, flagged, versioning, source);
  if (removal.kind === 'vanished') return removal;
  return { ...removal, ...plan.left(removal.removedVersions, removal.markerVersionId) };
}

/**
 * What there is of a key whose flagged bytes an earlier handling removed, for the record that it did not
 * get to write. `undefined` where it cannot be told.
 */
export async function surveyVersions(
  object: FlaggedObject,
  removed: { readonly sizeBytes: number; readonly checksum: Checksum; readonly sourceVersionId?: string },
  source: SourceBuckets,
): Promise<Removal | undefined> {
  const versionId = removed.sourceVersionId;
  if (versionId === undefined) return { kind: 'removed', ...nothing, removedVersions: ['null'] };
  try {
    const plan = await planRemoval(object, { ...removed, versionId }, source);
    return { kind: 'removed', ...plan.left([versionId]), removedVersions: [versionId] };
  } catch (error) {
    if (error instanceof RefusedError) return undefined;
    throw error;
  }
}

const nothing: VersionsTouched = { removedVersions: [], remainingVersions: [], uncomparedVersions: [] };

function retained(reason: RetainedReason, touched: VersionsTouched): Extract<Removal, { kind: 'retained' }> {
  return { kind: 'retained', reason, ...touched };
}

function inFlux(): RetryableError {
  return new RetryableError('SourceInFlux', 'the key got another current version in the middle');
}

/** Guarded by the ETag of the current object. The answer is read: it tells whether anything was removed. */
async function removePlainly(
  object: FlaggedObject,
  flagged: StoredObject,
  versioning: 'never' | 'suspended',
  source: SourceBuckets,
): Promise<Removal> {
  const answer = await source.deleteCurrent(object, flagged.eTag);
  switch (answer.kind) {
    case 'deleted':
      return { kind: 'removed', ...nothing, removedVersions: ['null'] };
    case 'precondition-failed':
      return { kind: 'vanished' };
    case 'refused':
      return retained(answer.reason, { ...nothing, remainingVersions: ['null'] });
    case 'marker-put':
      // In a suspended bucket the marker took the place of the null version.
      if (versioning === 'suspended' && answer.markerVersionId === 'null') {
        return { kind: 'removed', ...nothing, removedVersions: ['null'], markerVersionId: 'null' };
      }
      // Else somebody switched versioning since we looked: the bytes are still there.
      await takeMarkerAway(object, answer.markerVersionId, source);
      throw new RetryableError('VersioningChanged', 'the versioning of the bucket changed in the middle');
  }
}

/** Hide, delete; and undo the hiding where the delete is refused. */
async function removeById(
  plan: RemovalPlan,
  object: FlaggedObject,
  flagged: StoredObject,
  source: SourceBuckets,
): Promise<Removal> {
  if (plan.remove.includes('null')) {
    // Versioning is enabled by now, so that no PUT replaces the null version any more; but one may have.
    const now = await source.head(object, 'null');
    if (flagged.versionId === 'null' && now?.eTag !== flagged.eTag) return { kind: 'vanished' };
    if (now?.eTag !== plan.nullETag) throw inFlux();
  }
  let marker: string | undefined;
  if (plan.needsMarker && plan.current !== undefined) {
    const answer = await source.deleteCurrent(object, plan.current.eTag);
    if (answer.kind === 'refused') return retained(answer.reason, plan.left([]));
    if (answer.kind !== 'marker-put') throw inFlux();
    marker = answer.markerVersionId;
  }
  const removed: string[] = [];
  for (const versionId of plan.remove) {
    const answer = await source.deleteVersion(object, versionId);
    if (answer.kind === 'deleted') {
      removed.push(versionId);
      continue;
    }
    const reason = answer.kind === 'refused' ? answer.reason : 'delete-denied';
    // Once the version that was current is gone, the marker keeps an older one from surfacing.
    const stays = plan.current !== undefined && removed.includes(plan.current.versionId);
    const gone = marker === undefined || (!stays && (await takeMarkerAway(object, marker, source)));
    return retained(reason, plan.left(removed, gone ? undefined : marker));
  }
  return { kind: 'removed', ...plan.left(removed, marker) };
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
