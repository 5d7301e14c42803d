import { RetryableError } from '../errors.ts';
import type { NoteIdentical } from '../evidence/identical-versions.ts';
import type { ObjectAddress } from '../finding.ts';
import type { Removal, VersionSeen } from '../isolation.ts';
import type { RetainedReason } from '../outcome.ts';
import type { DeleteAnswer, SourceBuckets } from '../source-buckets.ts';
import { isNullVersion } from '../version-id.ts';
import { nameHidingMarker, needsMfa, uncover, whatHides } from './delete-markers.ts';
import { deleteOneVersion, howNullIsGuarded, type NullGuard } from './delete-version.ts';
import type { RemovalPlan } from './plan-removal.ts';

/** Puts a delete marker if needed, deletes the versions, and removes the marker again if a delete is refused. */
export async function removeVersions(
  plan: RemovalPlan,
  object: ObjectAddress,
  sourceBuckets: SourceBuckets,
  note: NoteIdentical,
): Promise<Removal> {
  const start = await prepareDeletes(plan, object, sourceBuckets);
  if (start.kind !== 'ready') return start;
  const deletes = await deleteInOrder(plan, start, object, sourceBuckets, note);
  const { removed, marker, stopped } = deletes;
  if (stopped === undefined) {
    return { kind: removed.length > 0 ? 'removed' : 'untouched', ...plan.touched(removed, marker) };
  }
  const { answer, version } = stopped;
  if (answer.kind === 'not-deleted') {
    const touched = plan.touched(removed, await remainingMarker(plan, marker, object, sourceBuckets));
    const named = await nameHidingMarker(plan, touched, version, object, sourceBuckets);
    return { kind: 'retained', reason: answer.reason, ...named };
  }
  if (version !== plan.remove.at(-1)) throw inFlux();
  return { kind: 'vanished', ...plan.touched(removed, marker) };
}

/** Before any delete the removal turned out to be impossible. */
export async function retainAll(
  plan: RemovalPlan,
  reason: RetainedReason,
  object: ObjectAddress,
  sourceBuckets: SourceBuckets,
): Promise<Retained> {
  const named = await nameHidingMarker(plan, plan.touched([]), plan.remove.at(-1), object, sourceBuckets);
  return { kind: 'retained', reason, ...named };
}

type Retained = Extract<Removal, { kind: 'retained' }>;

interface Ready {
  readonly kind: 'ready';
  readonly nullIs: NullGuard;
  /** The worker's delete marker, which hides the key while versions are deleted. */
  readonly marker?: string;
}

/** Finds out whether the deletes are safe, and hides the key if an older version would resurface. */
async function prepareDeletes(
  plan: RemovalPlan,
  object: ObjectAddress,
  sourceBuckets: SourceBuckets,
): Promise<Ready | Retained> {
  const nullIs = plan.touchesNull ? await howNullIsGuarded(plan, object, sourceBuckets) : 'by-id';
  if (nullIs === 'unguardable') {
    return retainAll(plan, 'unguardable-null-version', object, sourceBuckets);
  }
  // In a suspended bucket, the plain delete of the current `null` version already leaves a marker.
  const covered = plan.needsMarker && nullIs === 'by-id' ? plan.current : undefined;
  const replacesNull =
    nullIs === 'by-plain-delete' && plan.remove.some(({ versionId }) => !isNullVersion(versionId));
  if ((covered !== undefined || replacesNull) && (await needsMfa(object, sourceBuckets))) {
    return retainAll(plan, 'mfa-delete', object, sourceBuckets);
  }
  if (covered === undefined) return { kind: 'ready', nullIs };
  const answer = await sourceBuckets.plainDelete(object, covered.eTag);
  if (answer.kind === 'marker-put') return { kind: 'ready', nullIs, marker: answer.markerVersionId };
  if (answer.kind !== 'not-deleted') throw inFlux();
  // An attempt before the refused attempt may have put the marker, and only its answer was lost.
  const touched = await whatHides(plan, plan.touched([]), covered, object, sourceBuckets);
  return { kind: 'retained', reason: answer.reason, ...touched };
}

interface Deletes {
  readonly removed: readonly string[];
  readonly marker?: string;
  /** The first version that was not deleted. Nothing after it was tried. */
  readonly stopped?: { readonly version: VersionSeen; readonly answer: DeleteAnswer };
}

async function deleteInOrder(
  plan: RemovalPlan,
  { nullIs, marker: hiding }: Ready,
  object: ObjectAddress,
  sourceBuckets: SourceBuckets,
  note: NoteIdentical,
): Promise<Deletes> {
  const removed: string[] = [];
  let marker = hiding;
  const soFar = () => ({ removed, ...(marker !== undefined && { marker }) });
  for (const version of plan.remove) {
    if (plan.isIdentical(version.versionId)) await note(version);
    const answer = await deleteOneVersion(version, nullIs, object, sourceBuckets);
    if (answer.kind !== 'deleted' && answer.kind !== 'marker-put') {
      return { ...soFar(), stopped: { version, answer } };
    }
    removed.push(version.versionId);
    if (answer.kind === 'marker-put') marker = answer.markerVersionId;
  }
  return soFar();
}

/** After a refusal the hidden versions are still there, so the worker takes its marker away if it can. */
async function remainingMarker(
  { current }: RemovalPlan,
  marker: string | undefined,
  object: ObjectAddress,
  sourceBuckets: SourceBuckets,
): Promise<string | undefined> {
  if (marker === undefined) return undefined;
  return (await uncover(current, marker, object, sourceBuckets)) ? undefined : marker;
}

function inFlux(): RetryableError {
  return new RetryableError('SourceInFlux', 'the current version of the key changed during the removal');
}
