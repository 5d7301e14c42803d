import { findCopyByETag } from '../copy/find-copy-by-etag.ts';
import { findNotedCopy, findOwnCopy } from '../copy/found-copy.ts';
import { isolationKeys } from '../evidence/keys.ts';
import { recordExists } from '../evidence/record-place.ts';
import type { Finding, FlaggedObject } from '../finding.ts';
import { type IsolatedCopy, type IsolationResult, sourceOf, type VersionsTouched } from '../isolation.ts';
import type { IsolationBucket } from '../isolation-bucket.ts';
import type { Outcome } from '../outcome.ts';
import type { Ports } from '../ports.ts';
import { removalAsLastSeen } from '../remove/as-last-seen.ts';
import type { ChooseVersions } from '../remove/choose-versions.ts';
import { noVersions } from '../remove/remove-object.ts';
import { unlessRefused } from '../unless-refused.ts';
import { nullVersion } from '../version-id.ts';
import type { Work } from '../work.ts';
import { finishRemoval, inFlux } from './finish-removal.ts';
import { markerOverObject } from './give-up.ts';
import { listsFlagged } from './locate-object.ts';

/** A finding whose flagged bytes are not found, or cannot be read. */
export interface Absence extends Work {
  /** Chooses the versions identical to the flagged version. They must not outlast it. */
  readonly chooseRemaining: ChooseVersions;
  /** Chooses the versions that hold the flagged bytes again, after others removed the flagged version. */
  readonly choosePutAgain: ChooseVersions;
}

/**
 * The object is already isolated: by an interrupted handling of this finding that wrote no record, or by
 * another finding, another worker, or a completed handling of this finding.
 */
export async function finishIsolation(
  about: Absence,
  copy: IsolatedCopy,
  /** What is at the source now, if this handling made the copy. */
  atSource?: 'changed' | 'absent',
): Promise<IsolationResult> {
  const { finding, ports } = about;
  const removal = await finishRemoval(about, about.chooseRemaining, copy);
  if (removal === 'unseen') return concludeUnseen(about, copy);
  const known = { source: sourceOf(copy.provenance), copy };
  const seen = { ...known, ...(removal && { removal }) };
  if (removal?.kind === 'retained') {
    return { outcome: { name: 'retained', reason: removal.reason }, ...known, removal };
  }
  if (removal !== undefined && removal.removedVersions.length > 0) {
    return { outcome: { name: 'isolated' }, ...known, removal, removedAt: ports.clock() };
  }
  if (copy.madeNow && atSource === 'changed') {
    const earlier = await findOtherCopy(finding.object, copy, ports.isolationBucket);
    // Another worker isolated the object between the copy and the delete of this handling.
    if (earlier !== undefined) {
      const source = sourceOf(earlier.provenance);
      const bounds = removedBetween(earlier, ports);
      return { outcome: alreadyIsolated, source, copy: earlier, ...bounds, ...(removal && { removal }) };
    }
    // The object was overwritten at that moment. The copy is kept, and nothing was removed.
    const changed = { outcome: { name: 'changed' }, ...seen } as const;
    const listed = await unlessRefused(ports.sourceBuckets.listVersions(finding.object), undefined);
    if (listed === undefined) return { ...changed, unseen: true };
    if (listsFlagged(finding.object, listed)) throw inFlux();
    return { ...changed, removal: removalAsLastSeen(removal ?? noVersions, copy.provenance, listed) };
  }
  const bounds = removedBetween(copy, ports);
  const recorded = (name: 'isolated' | 'changed') => recordExists(ports.isolationBucket, finding, { name });
  if (copy.provenance.findingId !== finding.id || (await recorded('isolated'))) {
    return { outcome: alreadyIsolated, ...seen, ...bounds };
  }
  // The owner overwrote the object after the copy, and an earlier delivery has recorded that.
  if (await recorded('changed')) return { outcome: { name: 'changed' }, ...seen };
  return {
    outcome: { name: 'isolated' },
    ...known,
    ...bounds,
    ...(removal && {
      removal: { ...removal, kind: 'removed', removedVersions: goneVersions(finding, copy, removal) },
    }),
  };
}

/**
 * The source cannot be read, and a copy exists. An earlier handling may have removed the flagged bytes, and somebody may
 * have put them again since. Unless the worker may look there, the source is not asked for a marker either.
 */
export async function concludeUnseen(
  { finding, ports }: Work,
  copy: IsolatedCopy,
  mayLook = true,
): Promise<IsolationResult> {
  const isDone = await recordExists(ports.isolationBucket, finding, { name: 'isolated' });
  // Nobody can tell whether the object is still there, and the alert says so.
  const outcome: Outcome = isDone ? alreadyIsolated : { name: 'retained', reason: 'delete-denied' };
  // Where the versions may be listed, an earlier handling may have left its marker over the object.
  const removal = isDone || !mayLook ? undefined : await markerOverObject(finding, ports);
  return { outcome, source: sourceOf(copy.provenance), copy, unseen: true, ...(removal && { removal }) };
}

/**
 * The flagged version, which is gone. The copy at the finding's own key tells from which version it was made. A copy at
 * another key was made from another version with the same bytes. That version, and one that was put after the flagged
 * version went, may still be there: the listing of the removal tells.
 */
function goneVersions(
  { object }: Finding,
  { key, provenance }: IsolatedCopy,
  { remainingVersions }: VersionsTouched,
): readonly string[] {
  const isOwn = isolationKeys(object).includes(key);
  const named = [provenance.sourceVersionId, object.versionId];
  const known = (isOwn ? named : named.toReversed()).filter((versionId) => versionId !== undefined);
  const gone = (known.length > 0 ? known : [nullVersion]).find(
    (versionId) => !remainingVersions.includes(versionId),
  );
  return gone === undefined ? [] : [gone];
}

/** A copy of the flagged bytes that another handling made, before it removed them. */
async function findOtherCopy(
  object: FlaggedObject,
  { key }: IsolatedCopy,
  isolationBucket: IsolationBucket,
): Promise<IsolatedCopy | undefined> {
  const own = await findOwnCopy(object, isolationBucket);
  if (own.kind === 'verified' && own.copy.key !== key) return own.copy;
  const noted = await findNotedCopy(object, isolationBucket);
  return noted ?? findCopyByETag(object, isolationBucket);
}

const alreadyIsolated: Outcome = { name: 'already_isolated' };

/** Somebody else removed the bytes, after the copy was made and before now. */
export function removedBetween(
  { provenance }: IsolatedCopy,
  { clock }: Ports,
): Pick<IsolationResult, 'removedBetween'> {
  return { removedBetween: { notBefore: new Date(provenance.isolatedAt), notAfter: clock() } };
}
