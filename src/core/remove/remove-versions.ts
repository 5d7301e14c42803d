import { RefusedError, RetryableError } from '../errors.ts';
import type { NoteIdentical } from '../evidence/identical-versions.ts';
import type { ObjectAddress } from '../finding.ts';
import type { Removal, VersionSeen, VersionsTouched } from '../isolation.ts';
import type { DeleteAnswer, SourceBuckets } from '../ports.ts';
import { isNullVersion, nullVersion } from '../version-id.ts';
import { headIfAllowed } from './head-if-allowed.ts';
import type { RemovalPlan } from './plan-removal.ts';

/** Puts a delete marker if needed, deletes the versions, and removes the marker again if a delete is refused. */
export async function removeVersions(
  plan: RemovalPlan,
  object: ObjectAddress,
  sourceBuckets: SourceBuckets,
  note: NoteIdentical,
): Promise<Removal> {
  const nullIs = plan.touchesNull ? await howNullIsGuarded(plan, object, sourceBuckets) : 'by-id';
  if (nullIs === 'unguardable') {
    return { kind: 'retained', reason: 'unguardable-null-version', ...plan.touched([]) };
  }
  // In a suspended bucket, the plain delete of the current `null` version already leaves a marker.
  const covered = plan.needsMarker && nullIs === 'by-id' ? plan.current : undefined;
  const replacesNull =
    nullIs === 'by-plain-delete' && plan.remove.some(({ versionId }) => !isNullVersion(versionId));
  if ((covered !== undefined || replacesNull) && (await needsMfa(object, sourceBuckets))) {
    return { kind: 'retained', reason: 'mfa-delete', ...plan.touched([]) };
  }
  let marker: string | undefined;
  if (covered !== undefined) {
    const answer = await sourceBuckets.plainDelete(object, covered.eTag);
    if (answer.kind === 'not-deleted') {
      return {
        kind: 'retained',
        reason: answer.reason,
        ...(await hiddenAllTheSame(plan, object, sourceBuckets)),
      };
    }
    if (answer.kind !== 'marker-put') throw inFlux();
    marker = answer.markerVersionId;
  }
  const removed: string[] = [];
  for (const version of plan.remove) {
    if (plan.isIdentical(version.versionId)) await note(version);
    const answer = await orRefusal(removeVersion(version, nullIs, object, sourceBuckets));
    if (answer.kind === 'deleted' || answer.kind === 'marker-put') {
      removed.push(version.versionId);
      if (answer.kind === 'marker-put') marker = answer.markerVersionId;
      continue;
    }
    const isNotDeleted = answer.kind === 'not-deleted';
    // Only after a refusal are the hidden versions still there.
    const hiding = isNotDeleted ? marker : undefined;
    const isUncovered = hiding !== undefined && (await uncover(plan.current, hiding, object, sourceBuckets));
    const touched = plan.touched(removed, isUncovered ? undefined : marker);
    if (isNotDeleted) {
      const hidden = await nameWhatHides(plan, touched, object, sourceBuckets);
      return { kind: 'retained', reason: answer.reason, ...hidden };
    }
    if (version === plan.remove.at(-1)) return { kind: 'vanished', ...touched };
    throw inFlux();
  }
  return { kind: removed.length > 0 ? 'removed' : 'untouched', ...plan.touched(removed, marker) };
}

/** Whether a marker could be put and hide the object, while neither the marker nor a version could be removed. */
async function needsMfa(object: ObjectAddress, sourceBuckets: SourceBuckets): Promise<boolean> {
  try {
    return await sourceBuckets.needsMfa(object);
  } catch (error) {
    // A worker that may not ask puts the marker. The delete will be refused, and the alert names the marker.
    if (error instanceof RefusedError) return false;
    throw error;
  }
}

/** Once the worker has put a marker, a refusal of any later call must still report the marker. */
async function orRefusal(answer: Promise<DeleteAnswer>): Promise<DeleteAnswer> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof RefusedError) return { kind: 'not-deleted', reason: 'delete-denied' };
    throw error;
  }
}

/** An attempt before the refused attempt may have put the marker, and only its answer was lost. */
async function hiddenAllTheSame(
  plan: RemovalPlan,
  object: ObjectAddress,
  sourceBuckets: SourceBuckets,
): Promise<VersionsTouched> {
  const touched = plan.touched([]);
  if ((await headIfAllowed(object, undefined, sourceBuckets)) !== undefined) return touched;
  const listed = await sourceBuckets.listVersions(object);
  const { current } = plan;
  // Others removed it meanwhile. The next handling finds out what they left.
  if (!listed.some(({ eTag, versionId }) => versionId === current?.versionId && eTag === current.eTag))
    throw inFlux();
  const top = listed.find(({ isLatest }) => isLatest);
  return top?.isMarker ? { ...touched, markerVersionId: top.versionId } : touched;
}

/** If a marker hides an object that could not be removed, the alert names the marker. */
async function nameWhatHides(
  plan: RemovalPlan,
  touched: VersionsTouched,
  object: ObjectAddress,
  sourceBuckets: SourceBuckets,
): Promise<VersionsTouched> {
  if (touched.markerVersionId !== undefined) return touched;
  const markerVersionId = plan.markerBelow(touched.removedVersions);
  if (markerVersionId === undefined) return touched;
  const there = await headIfAllowed(object, undefined, sourceBuckets);
  return there === undefined ? { ...touched, markerVersionId } : touched;
}

/**
 * Removes the worker's marker, unless the version under it is gone: then the marker keeps an older version
 * from resurfacing. The worker looks directly before, because S3 supports no condition on this delete.
 */
async function uncover(
  hidden: VersionSeen | undefined,
  markerVersionId: string,
  object: ObjectAddress,
  sourceBuckets: SourceBuckets,
): Promise<boolean> {
  const there = hidden && (await headIfAllowed(object, hidden.versionId, sourceBuckets));
  if (there === 'denied') return false;
  return there?.eTag === hidden?.eTag && (await takeMarkerAway(object, markerVersionId, sourceBuckets));
}

/**
 * Removes only the worker's own marker, by the id in the answer that put it. A marker with the id `null` may
 * have been replaced by an object.
 */
export async function takeMarkerAway(
  object: ObjectAddress,
  markerVersionId: string,
  sourceBuckets: SourceBuckets,
): Promise<boolean> {
  if (isNullVersion(markerVersionId)) return false;
  const answer = await sourceBuckets.deleteVersion(object, markerVersionId);
  return answer.kind === 'deleted';
}

/**
 * While versioning is suspended, a PUT may replace the `null` version, and a marker destroys it. While
 * versioning is enabled, the id `null` is as good as any other id. In a suspended bucket only a plain delete
 * with If-Match can be guarded, and only if the `null` version is the current version.
 */
async function howNullIsGuarded(
  { current }: RemovalPlan,
  object: ObjectAddress,
  sourceBuckets: SourceBuckets,
): Promise<'by-id' | 'by-plain-delete' | 'unguardable'> {
  if ((await sourceBuckets.versioning(object)) === 'enabled') return 'by-id';
  // A plan that touches the current `null` version removes it.
  return isNullVersion(current?.versionId) ? 'by-plain-delete' : 'unguardable';
}

async function removeVersion(
  { versionId, eTag }: VersionSeen,
  nullIs: 'by-id' | 'by-plain-delete',
  object: ObjectAddress,
  sourceBuckets: SourceBuckets,
): Promise<DeleteAnswer> {
  if (!isNullVersion(versionId)) return sourceBuckets.deleteVersion(object, versionId);
  if (nullIs === 'by-id') {
    // The worker looks directly before the delete. If the bucket is suspended and written between this look
    // and the delete, bytes are lost; S3 offers no way to close this window (docs/architecture.md).
    const enabled = (await sourceBuckets.versioning(object)) === 'enabled';
    const now = enabled ? await sourceBuckets.head(object, nullVersion) : undefined;
    return now?.eTag === eTag
      ? sourceBuckets.deleteVersion(object, nullVersion)
      : { kind: 'precondition-failed' };
  }
  const answer = await sourceBuckets.plainDelete(object, eTag);
  if (answer.kind !== 'marker-put' || isNullVersion(answer.markerVersionId)) return answer;
  // Versioning was enabled since the last look: the marker only hides the object.
  await uncover({ versionId, eTag }, answer.markerVersionId, object, sourceBuckets);
  throw versioningChanged();
}

export function versioningChanged(): RetryableError {
  return new RetryableError('VersioningChanged', 'the versioning of the bucket changed during the removal');
}

function inFlux(): RetryableError {
  return new RetryableError('SourceInFlux', 'the current version of the key changed during the removal');
}
