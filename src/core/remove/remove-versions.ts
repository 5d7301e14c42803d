import { RefusedError, RetryableError } from '../errors.ts';
import type { NoteIdentical } from '../evidence/identical-versions.ts';
import type { ObjectAddress } from '../finding.ts';
import type { Removal, VersionSeen, VersionsTouched } from '../isolation.ts';
import type { DeleteAnswer, SourceBuckets } from '../ports.ts';
import { headIfAllowed } from './head-if-allowed.ts';
import type { RemovalPlan } from './plan-removal.ts';

/** Hide, delete; and undo the hiding where the delete is refused. */
export async function removeVersions(
  plan: RemovalPlan,
  object: ObjectAddress,
  source: SourceBuckets,
  note: NoteIdentical,
): Promise<Removal> {
  const nullIs = plan.touchesNull ? await howNullIsGuarded(plan, object, source) : 'by-id';
  if (nullIs === 'unguardable') {
    return { kind: 'retained', reason: 'unguardable-null-version', ...plan.touched([]) };
  }
  // In a suspended bucket the plain delete of the current `null` version leaves a marker by itself.
  const covered = plan.needsMarker && nullIs === 'by-id' ? plan.current : undefined;
  const replacesNull = nullIs === 'plainly' && plan.remove.some(({ versionId }) => versionId !== 'null');
  if ((covered !== undefined || replacesNull) && (await needsMfa(object, source))) {
    return { kind: 'retained', reason: 'mfa-delete', ...plan.touched([]) };
  }
  let marker: string | undefined;
  if (covered !== undefined) {
    const answer = await source.deleteCurrent(object, covered.eTag);
    if (answer.kind === 'not-deleted') {
      return { kind: 'retained', reason: answer.reason, ...(await hiddenAllTheSame(plan, object, source)) };
    }
    if (answer.kind !== 'marker-put') throw inFlux();
    marker = answer.markerVersionId;
  }
  const removed: string[] = [];
  for (const version of plan.remove) {
    if (plan.isIdentical(version.versionId)) await note(version);
    const answer = await orRefusal(removeVersion(version, nullIs, object, source));
    if (answer.kind === 'deleted' || answer.kind === 'marker-put') {
      removed.push(version.versionId);
      if (answer.kind === 'marker-put') marker = answer.markerVersionId;
      continue;
    }
    const isNotDeleted = answer.kind === 'not-deleted';
    // Only a refusal leaves what our marker hides in place.
    const hiding = isNotDeleted ? marker : undefined;
    const isUncovered = hiding !== undefined && (await uncover(plan.current, hiding, object, source));
    const touched = plan.touched(removed, isUncovered ? undefined : marker);
    if (isNotDeleted) {
      const hidden = await nameWhatHides(plan, touched, object, source);
      return { kind: 'retained', reason: answer.reason, ...hidden };
    }
    if (version === plan.remove.at(-1)) return { kind: 'vanished', ...touched };
    throw inFlux();
  }
  return { kind: 'removed', ...plan.touched(removed, marker) };
}

/** A marker could be put there and hide the object, but neither it nor a version could be removed. */
async function needsMfa(object: ObjectAddress, source: SourceBuckets): Promise<boolean> {
  try {
    return await source.needsMfa(object);
  } catch (error) {
    // Who may not ask puts the marker; the refusal comes with the delete, and the marker is named.
    if (error instanceof RefusedError) return false;
    throw error;
  }
}

/** Once there is a marker of ours, a refusal of any call must not make us forget it. */
async function orRefusal(answer: Promise<DeleteAnswer>): Promise<DeleteAnswer> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof RefusedError) return { kind: 'not-deleted', reason: 'delete-denied' };
    throw error;
  }
}

/** An attempt before the one that was refused may have put the marker, and only its answer was lost. */
async function hiddenAllTheSame(
  plan: RemovalPlan,
  object: ObjectAddress,
  source: SourceBuckets,
): Promise<VersionsTouched> {
  const touched = plan.touched([]);
  if ((await headIfAllowed(object, undefined, source)) !== undefined) return touched;
  const top = (await source.listVersions(object)).find(({ isLatest }) => isLatest);
  return top?.isMarker ? { ...touched, markerVersionId: top.versionId } : touched;
}

/** Where what could not be removed is hidden all the same, people are told. */
async function nameWhatHides(
  plan: RemovalPlan,
  touched: VersionsTouched,
  object: ObjectAddress,
  source: SourceBuckets,
): Promise<VersionsTouched> {
  if (touched.markerVersionId !== undefined) return touched;
  const markerVersionId = plan.markerBelow(touched.removedVersions);
  if (markerVersionId === undefined) return touched;
  const there = await headIfAllowed(object, undefined, source);
  return there === undefined ? { ...touched, markerVersionId } : touched;
}

/**
 * Takes our marker away, unless the version that it hides is gone, by us or by another worker: then it
 * keeps an older one from surfacing. Looked at directly before, since no condition can be put on this delete.
 */
async function uncover(
  hidden: VersionSeen | undefined,
  markerVersionId: string,
  object: ObjectAddress,
  source: SourceBuckets,
): Promise<boolean> {
  const there = hidden && (await headIfAllowed(object, hidden.versionId, source));
  if (there === 'denied') return false;
  return there?.eTag === hidden?.eTag && (await takeMarkerAway(object, markerVersionId, source));
}

/** Only ever our own marker, by the id that its answer gave. One with the id `null` may by now be somebody's object. */
export async function takeMarkerAway(
  object: ObjectAddress,
  markerVersionId: string,
  source: SourceBuckets,
): Promise<boolean> {
  if (markerVersionId === 'null') return false;
  const answer = await source.deleteVersion(object, markerVersionId);
  return answer.kind === 'deleted';
}

/**
 * The `null` version is the one that a PUT may replace, while versioning is suspended; a marker put then
 * destroys it. While versioning is enabled its id is as good as any; suspended, only a plain delete with
 * If-Match can be guarded, and that only if it is the current version.
 */
async function howNullIsGuarded(
  { current }: RemovalPlan,
  object: ObjectAddress,
  source: SourceBuckets,
): Promise<'by-id' | 'plainly' | 'unguardable'> {
  if ((await source.versioning(object)) === 'enabled') return 'by-id';
  // A plan that touches it while it is current removes it.
  return current?.versionId === 'null' ? 'plainly' : 'unguardable';
}

async function removeVersion(
  { versionId, eTag }: VersionSeen,
  nullIs: 'by-id' | 'plainly',
  object: ObjectAddress,
  source: SourceBuckets,
): Promise<DeleteAnswer> {
  if (versionId !== 'null') return source.deleteVersion(object, versionId);
  if (nullIs === 'by-id') {
    // Looked at directly before, this last: suspended and written between here and the delete is the
    // one window in which S3 lets bytes be lost (docs/architecture.md).
    const enabled = (await source.versioning(object)) === 'enabled';
    const now = enabled ? await source.head(object, 'null') : undefined;
    return now?.eTag === eTag ? source.deleteVersion(object, 'null') : { kind: 'precondition-failed' };
  }
  const answer = await source.deleteCurrent(object, eTag);
  if (answer.kind !== 'marker-put' || answer.markerVersionId === 'null') return answer;
  // Versioning was switched on since we looked: the marker only hides.
  await uncover({ versionId, eTag }, answer.markerVersionId, object, source);
  throw versioningChanged();
}

export function versioningChanged(): RetryableError {
  return new RetryableError('VersioningChanged', 'the versioning of the bucket changed in the middle');
}

function inFlux(): RetryableError {
  return new RetryableError('SourceInFlux', 'the key got another current version in the middle');
}
