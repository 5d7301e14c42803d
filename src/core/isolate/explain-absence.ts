import { findVerifiedCopy } from '../copy/copy-object.ts';
import { findCopyByETag } from '../copy/find-copy-by-etag.ts';
import { RefusedError, RetryableError } from '../errors.ts';
import { isolationKeys } from '../evidence/keys.ts';
import { recordExists } from '../evidence/record-place.ts';
import type { Finding } from '../finding.ts';
import {
  type IsolatedCopy,
  type IsolationResult,
  type Removal,
  sourceOf,
  type VersionsTouched,
} from '../isolation.ts';
import type { Outcome, RefusedReason } from '../outcome.ts';
import type { Ports } from '../ports.ts';
import type { ChooseVersions } from '../remove/choose-versions.ts';
import { nullVersion } from '../version-id.ts';
import type { Work } from '../work.ts';
import { finishRemoval } from './finish-removal.ts';
import { isUnderOtherVersion, type Located, locate } from './locate-object.ts';

/** A finding whose flagged bytes are not found, or cannot be read. */
export interface Absence extends Work {
  /** Chooses the versions identical to the flagged version. They must not outlast it. */
  readonly chooseRemaining: ChooseVersions;
  /** Chooses the versions that hold the flagged bytes again, after others removed the flagged version. */
  readonly choosePutAgain: ChooseVersions;
}

/**
 * Explains why the flagged bytes are absent at the source. If a verified copy exists, the worker or an
 * earlier handling isolated them. Then identical versions that an earlier handling or an owner left are
 * removed first.
 */
export async function explainAbsence(
  about: Absence,
  located: Exclude<Located, { kind: 'flagged' }>,
): Promise<IsolationResult> {
  const { object } = about.finding;
  const { isolationBucket } = about.ports;
  const found = located.found ?? (await findVerifiedCopy(object, isolationBucket));
  if (found.kind === 'verified') return finishIsolation(about, found.copy);
  const hasNoBucket = await lacksBucket(about);
  const other = await findCopyByETag(object, isolationBucket);
  if (other !== undefined) return finishIsolation(about, other);
  if (located.kind === 'changed') return { outcome: { name: 'changed' } };
  if (hasNoBucket) return { outcome: { name: 'refused', reason: 'no-such-bucket' } };
  const reason = found.kind === 'unverified' ? 'copy-unverified' : 'source-absent';
  return { outcome: { name: 'gone', reason } };
}

/**
 * HEAD gives the same answer for an absent bucket and an absent object, and a proxy may give that answer for
 * an existing object. If the finding names no version, a listing has already told.
 */
async function lacksBucket({ finding, ports }: Absence): Promise<boolean> {
  const { versionId, eTag } = finding.object;
  if (versionId === undefined) return false;
  try {
    const listed = await ports.sourceBuckets.listVersions(finding.object);
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
 * The source no longer held the flagged bytes when the worker copied or deleted. After a retried call, this
 * may be the result of its own earlier call. So the worker looks again before it judges (aws-facts 2, lost
 * responses).
 */
export async function explainVanishing(
  about: Absence,
  done?: { readonly copy: IsolatedCopy; readonly removal: Removal },
): Promise<IsolationResult> {
  const now = await locate(about.finding.object, about.ports);
  if (now.kind === 'flagged') {
    throw inFlux();
  }
  if (done === undefined) return explainAbsence(about, now);
  const { copy, removal } = done;
  // Somebody else removed the last version with the flagged bytes. This handling removed identical versions.
  if (removal.removedVersions.length > 0) {
    const source = sourceOf(copy.provenance);
    return { outcome: { name: 'isolated' }, source, copy, removal, ...removedBetween(copy, about.ports) };
  }
  // The flagged version went before this handling deleted anything. If the same bytes were put again since, they are
  // the flagged object, whatever `SOURCE_VERSIONS` says.
  return finishIsolation({ ...about, chooseRemaining: about.choosePutAgain }, copy, now.kind);
}

/**
 * The source cannot be read. If an earlier delivery finished the work, that is expected: without permission
 * to list, S3 answers "denied" for an absent object (aws-facts 2, errors).
 */
export async function explainRefusal(about: Absence, { reason }: RefusedError): Promise<IsolationResult> {
  const refused: IsolationResult = { outcome: { name: 'refused', reason } };
  if (!unaskable.has(reason)) return refused;
  const { isolationBucket } = about.ports;
  const found = await findVerifiedCopy(about.finding.object, isolationBucket);
  const copy =
    found.kind === 'verified' ? found.copy : await findCopyByETag(about.finding.object, isolationBucket);
  if (copy === undefined) return refused;
  // If another account owns a bucket of this name now, the earlier bucket was emptied before it was deleted.
  if (reason === 'no-such-bucket' || reason === 'wrong-owner') return finishIsolation(about, copy);
  const done = await recordExists(isolationBucket, about.finding, { name: 'isolated' });
  // Nobody can tell whether the object is still there, and the alert says so.
  const known: Outcome = done ? { name: 'already_isolated' } : { name: 'retained', reason: 'delete-denied' };
  return { outcome: known, source: sourceOf(copy.provenance), copy };
}

/** The reasons that can arise after the source was isolated. */
const unaskable: ReadonlySet<RefusedReason> = new Set([
  'access-denied',
  'no-role',
  'no-such-bucket',
  'wrong-owner',
]);

/**
 * The object is already isolated: by an interrupted handling of this finding that wrote no record, or by
 * another finding, another worker, or a completed handling of this finding.
 */
async function finishIsolation(
  about: Absence,
  copy: IsolatedCopy,
  /** What is at the source now, if this handling made the copy. */
  atSource?: 'changed' | 'absent',
): Promise<IsolationResult> {
  const { finding, ports } = about;
  const removal = await finishRemoval(about, about.chooseRemaining, copy);
  const known = { source: sourceOf(copy.provenance), copy };
  if (removal?.kind === 'retained') {
    return { outcome: { name: 'retained', reason: removal.reason }, ...known, removal };
  }
  if (removal !== undefined && removal.removedVersions.length > 0) {
    return { outcome: { name: 'isolated' }, ...known, removal, removedAt: ports.clock() };
  }
  if (copy.madeNow && atSource === 'changed') {
    const first = await findVerifiedCopy(finding.object, ports.isolationBucket);
    const isOther = first.kind === 'verified' && first.copy.key !== copy.key;
    const earlier = isOther ? first.copy : await findCopyByETag(finding.object, ports.isolationBucket);
    // Another worker isolated the object between the copy and the delete of this handling.
    if (earlier !== undefined) {
      const source = sourceOf(earlier.provenance);
      const bounds = removedBetween(earlier, ports);
      return { outcome: alreadyIsolated, source, copy: earlier, ...bounds, ...(removal && { removal }) };
    }
    if (await isUnderOtherVersion(finding.object, ports.sourceBuckets)) throw inFlux();
    // The object was overwritten at that moment. The copy is kept, and nothing was removed.
    return { outcome: { name: 'changed' }, ...known };
  }
  const bounds = removedBetween(copy, ports);
  const recorded = (name: 'isolated' | 'changed') => recordExists(ports.isolationBucket, finding, { name });
  if (copy.provenance.findingId !== finding.id || (await recorded('isolated'))) {
    return { outcome: alreadyIsolated, ...known, ...bounds, ...(removal && { removal }) };
  }
  // The owner overwrote the object after the copy, and an earlier delivery has recorded that.
  if (await recorded('changed')) return { outcome: { name: 'changed' }, ...known };
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

const alreadyIsolated: Outcome = { name: 'already_isolated' };

function inFlux(): RetryableError {
  return new RetryableError('SourceInFlux', 'the flagged bytes exist, although a conditional call failed');
}

/** Somebody else removed the bytes, after the copy was made and before now. */
function removedBetween(
  { provenance }: IsolatedCopy,
  { clock }: Ports,
): Pick<IsolationResult, 'removedBetween'> {
  return { removedBetween: { notBefore: new Date(provenance.isolatedAt), notAfter: clock() } };
}
