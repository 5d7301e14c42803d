import { findVerifiedCopy } from '../copy/copy-object.ts';
import { findCopyByETag } from '../copy/find-copy-by-etag.ts';
import { RefusedError, RetryableError } from '../errors.ts';
import { recordExists } from '../evidence/record-place.ts';
import { type IsolatedCopy, type Isolation, type Removal, sourceOf } from '../isolation.ts';
import type { Outcome, RefusedReason } from '../outcome.ts';
import type { Ports } from '../ports.ts';
import type { ChooseVersions } from '../remove/choose-versions.ts';
import type { Work } from '../work.ts';
import { finishRemoval } from './finish-removal.ts';
import { isUnderOtherVersion, type Located, locate } from './locate-object.ts';

/** A finding whose flagged bytes are not found, or not to be had. */
export interface Absence extends Work {
  /** Versions identical to the flagged one, which must not outlast it. */
  readonly chooseRemaining: ChooseVersions;
}

/**
 * The flagged bytes are not at the source. Whether that is our doing, the copy tells. Where there is a
 * verified one, what an earlier handling or an owner left of the same bytes is removed first.
 */
export async function explainAbsence(
  about: Absence,
  { kind: how, found: seen }: Exclude<Located, { kind: 'flagged' }>,
): Promise<Isolation> {
  const { object } = about.finding;
  const { isolation } = about.ports;
  const found = seen ?? (await findVerifiedCopy(object, isolation));
  if (found.kind === 'verified') return finishIsolation(about, found.copy);
  const hasNoBucket = await lacksBucket(about);
  const other = await findCopyByETag(object, isolation);
  if (other !== undefined) return finishIsolation(about, other);
  if (how === 'changed') return { outcome: { name: 'changed' } };
  if (hasNoBucket) return { outcome: { name: 'refused', reason: 'no-such-bucket' } };
  const reason = found.kind === 'unverified' ? 'copy-unverified' : 'source-absent';
  return { outcome: { name: 'gone', reason } };
}

/**
 * HEAD says of an absent bucket what it says of an absent object, and something in between may say the same of one
 * that is there. Where no version is named, a listing has told.
 */
async function lacksBucket({ finding, ports }: Absence): Promise<boolean> {
  const { versionId, eTag } = finding.object;
  if (versionId === undefined) return false;
  try {
    const listed = await ports.source.listVersions(finding.object);
    const isThere = listed.some(
      (version) =>
        version.versionId === versionId && !version.isMarker && [undefined, version.eTag].includes(eTag),
    );
    if (isThere) throw new RetryableError('SourceInFlux', 'HEAD lacks a version that is listed');
    return false;
  } catch (error) {
    if (error instanceof RefusedError) return error.reason === 'no-such-bucket';
    throw error;
  }
}

/**
 * The source no longer held the flagged bytes when we copied or deleted. After a retried call that may
 * be our own earlier success, so look again before judging (aws-facts 2, lost responses).
 */
export async function explainVanishing(
  about: Absence,
  done?: { readonly copy: IsolatedCopy; readonly removal: Removal },
): Promise<Isolation> {
  const now = await locate(about.finding.object, about.ports);
  if (now.kind === 'flagged') {
    throw inFlux();
  }
  if (done === undefined) return explainAbsence(about, now);
  const { copy, removal } = done;
  // The last of the flagged bytes went without us; versions that were identical to them we did remove.
  if (removal.removedVersions.length > 0) {
    const source = sourceOf(copy.provenance);
    return { outcome: { name: 'isolated' }, source, copy, removal, ...removedBetween(copy, about.ports) };
  }
  return finishIsolation(about, copy, now.kind);
}

/**
 * The source cannot be asked. That is no news where an earlier delivery had done its work: without
 * permission to list, S3 says "denied" of what is absent (aws-facts 2, errors).
 */
export async function explainRefusal(about: Absence, { reason }: RefusedError): Promise<Isolation> {
  const refused: Isolation = { outcome: { name: 'refused', reason } };
  if (!unaskable.has(reason)) return refused;
  const { isolation } = about.ports;
  const found = await findVerifiedCopy(about.finding.object, isolation);
  const copy = found.kind === 'verified' ? found.copy : await findCopyByETag(about.finding.object, isolation);
  if (copy === undefined) return refused;
  // A bucket of this name that another account has now was emptied before.
  if (reason === 'no-such-bucket' || reason === 'wrong-owner') return finishIsolation(about, copy);
  const done = await recordExists(isolation, about.finding, { name: 'isolated' });
  // Whether it still lies there nobody can tell; the alert says so.
  const known: Outcome = done ? { name: 'already_isolated' } : { name: 'retained', reason: 'delete-denied' };
  return { outcome: known, source: sourceOf(copy.provenance), copy };
}

/** What may become of a source after it was isolated. */
const unaskable: ReadonlySet<RefusedReason> = new Set([
  'access-denied',
  'no-role',
  'no-such-bucket',
  'wrong-owner',
]);

/**
 * Done before. By a handling of this very finding that was cut short before it wrote its record, or by
 * somebody else: another finding, another worker, or this finding's own completed handling.
 */
async function finishIsolation(
  about: Absence,
  copy: IsolatedCopy,
  how?: 'changed' | 'absent',
): Promise<Isolation> {
  const { finding, ports } = about;
  const removal = await finishRemoval(about, about.chooseRemaining, copy);
  const known = { source: sourceOf(copy.provenance), copy };
  if (removal?.kind === 'retained') {
    return { outcome: { name: 'retained', reason: removal.reason }, ...known, removal };
  }
  if (removal !== undefined && removal.removedVersions.length > 0) {
    return { outcome: { name: 'isolated' }, ...known, removal, removedAt: ports.clock() };
  }
  if (copy.madeNow && how === 'changed') {
    const first = await findVerifiedCopy(finding.object, ports.isolation);
    const isOther = first.kind === 'verified' && first.copy.key !== copy.key;
    const earlier = isOther ? first.copy : await findCopyByETag(finding.object, ports.isolation);
    // Isolated by another worker in the moment between our copy and our delete.
    if (earlier !== undefined) {
      const source = sourceOf(earlier.provenance);
      const bounds = removedBetween(earlier, ports);
      return { outcome: alreadyIsolated, source, copy: earlier, ...bounds, ...(removal && { removal }) };
    }
    if (await isUnderOtherVersion(finding.object, ports.source)) throw inFlux();
    // Overwritten in that moment: the copy is kept, nothing was removed.
    return { outcome: { name: 'changed' }, ...known };
  }
  const bounds = removedBetween(copy, ports);
  const recorded = (name: 'isolated' | 'changed') => recordExists(ports.isolation, finding, { name });
  if (copy.provenance.findingId !== finding.id || (await recorded('isolated'))) {
    return { outcome: alreadyIsolated, ...known, ...bounds, ...(removal && { removal }) };
  }
  // Its owner overwrote the object after our copy, and an earlier delivery has said so.
  if (await recorded('changed')) return { outcome: { name: 'changed' }, ...known };
  const flagged = copy.provenance.sourceVersionId ?? finding.object.versionId ?? 'null';
  return {
    outcome: { name: 'isolated' },
    ...known,
    ...bounds,
    ...(removal && { removal: { ...removal, removedVersions: [flagged] } }),
  };
}

const alreadyIsolated: Outcome = { name: 'already_isolated' };

function inFlux(): RetryableError {
  return new RetryableError(
    'SourceInFlux',
    'the flagged bytes are there, although a conditional call failed',
  );
}

/** By somebody else: after the copy was made, and before now. */
function removedBetween({ provenance }: IsolatedCopy, { clock }: Ports): Pick<Isolation, 'removedBetween'> {
  return { removedBetween: { notBefore: new Date(provenance.isolatedAt), notAfter: clock() } };
}
