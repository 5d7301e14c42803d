import { findAnyCopy, findCopyByETag } from '../copy/find-copy-by-etag.ts';
import { findVerifiedCopy } from '../copy/found-copy.ts';
import { RefusedError } from '../errors.ts';
import { type IsolatedCopy, type IsolationResult, type Removal, sourceOf } from '../isolation.ts';
import type { RefusedReason } from '../outcome.ts';
import { removalAsLastSeen } from '../remove/as-last-seen.ts';
import { idsOfSize } from '../remove/choose-versions.ts';
import { nothingRemoved } from '../remove/plan-removal.ts';
import { unlessRefused } from '../unless-refused.ts';
import { type Absence, concludeUnseen, finishIsolation, removedBetween } from './finish-isolation.ts';
import { inFlux, isWithoutBucket } from './finish-removal.ts';
import { type Located, lacksListed, listsFlagged, locate } from './locate-object.ts';

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
  const rest = await lookAtRest(about);
  const other = await findCopyByETag(object, isolationBucket);
  if (other !== undefined) return finishIsolation(about, other);
  if (rest === 'no-bucket') return { outcome: { name: 'refused', reason: 'no-such-bucket' } };
  if (located.kind === 'changed') return { outcome: { name: 'changed' }, ...rest };
  const reason = found.kind === 'unverified' ? 'copy-unverified' : 'source-absent';
  return { outcome: { name: 'gone', reason }, ...rest };
}

/**
 * Lists what lies at the key of flagged bytes that are gone. HEAD gives the same answer for an absent bucket and an absent
 * object, and a proxy may give that answer for an existing object. Versions of the flagged size may hold the same bytes
 * under another ETag, as encryption gives them. Nothing is left to compare them with.
 */
async function lookAtRest({
  finding,
  ports,
}: Absence): Promise<Pick<IsolationResult, 'removal' | 'unseen'> | 'no-bucket'> {
  const { object } = finding;
  try {
    const listed = await ports.sourceBuckets.listVersions(object);
    if (listsFlagged(object, listed)) throw lacksListed();
    const { remainingVersions } = nothingRemoved(listed);
    const uncomparedVersions = idsOfSize(listed, object.sizeBytes);
    if (uncomparedVersions.length === 0) return {};
    return { removal: { kind: 'untouched', removedVersions: [], remainingVersions, uncomparedVersions } };
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    return error.reason === 'no-such-bucket' ? 'no-bucket' : { unseen: true };
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
    const listed = await unlessRefused(
      about.ports.sourceBuckets.listVersions(about.finding.object),
      undefined,
    );
    const bounds = removedBetween(copy, about.ports);
    const isolated = { outcome: { name: 'isolated' }, source, copy, ...bounds } as const;
    if (listed === undefined) return { ...isolated, removal, unseen: true };
    return { ...isolated, removal: removalAsLastSeen(removal, copy.provenance, listed) };
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
  const copy = await findAnyCopy(about.finding.object, about.ports.isolationBucket);
  if (copy === undefined) return refused;
  // If another account owns a bucket of this name now, the earlier bucket was emptied before it was deleted.
  if (isWithoutBucket(reason)) return finishIsolation(about, copy);
  return concludeUnseen(about, copy);
}

/** The reasons that can arise after the source was isolated. */
export const unaskable: ReadonlySet<RefusedReason> = new Set([
  'access-denied',
  // Another account may have made a bucket of this name: in another region, or one whose readers pay.
  'cross-region',
  'requester-pays',
  'no-role',
  'no-such-bucket',
  'wrong-owner',
]);
