import { findAnyCopy, findCopyByETag } from '../copy/find-copy-by-etag.ts';
import { findVerifiedCopy } from '../copy/found-copy.ts';
import { RefusedError } from '../errors.ts';
import { flaggedBytesOf } from '../evidence/provenance.ts';
import type { ObjectAddress } from '../finding.ts';
import type { IsolatedCopy, Rehearsal } from '../isolation.ts';
import type { Outcome, RefusedReason } from '../outcome.ts';
import { idsOfSize } from '../remove/choose-versions.ts';
import { choosersOf } from '../remove/choosers.ts';
import { planRemoval } from '../remove/plan-removal.ts';
import type { ListedVersion, SourceBuckets } from '../source-buckets.ts';
import type { Work } from '../work.ts';
import { unaskable } from './explain-absence.ts';
import { concludeUnseen } from './finish-isolation.ts';
import { isWithoutBucket } from './finish-removal.ts';
import type { IsolateSettings } from './isolate.ts';
import type { Located } from './locate-object.ts';
import { ending, nothingWouldGo, pretendToCopy, type Rehearsed, uncomparedOf } from './rehearsed.ts';

/** Tells how an isolation would explain that the flagged bytes are absent. Nothing is written. */
export async function rehearseAbsence(
  work: Work,
  { kind, found }: Exclude<Located, { kind: 'flagged' }>,
  settings: IsolateSettings,
): Promise<Rehearsed> {
  const { object } = work.finding;
  const { isolationBucket, sourceBuckets } = work.ports;
  const own = found ?? (await findVerifiedCopy(object, isolationBucket));
  const copy = own.kind === 'verified' ? own.copy : await findCopyByETag(object, isolationBucket);
  const listed = await listUnlessRefused(object, sourceBuckets);
  const isRefused = typeof listed === 'string';
  if (copy !== undefined) {
    return isRefused
      ? { rehearsal: await withCopyAlone(work, copy, listed) }
      : { rehearsal: await withCopy(work, copy, listed, settings), listed };
  }
  if (listed === 'no-such-bucket')
    return { rehearsal: nothingWouldGo({ name: 'refused', reason: listed }, {}) };
  const expected: Outcome =
    kind === 'changed'
      ? { name: 'changed' }
      : { name: 'gone', reason: own.kind === 'unverified' ? 'copy-unverified' : 'source-absent' };
  if (isRefused) return { rehearsal: nothingWouldGo(expected, unseen) };
  const left = uncomparedOf(idsOfSize(listed, object.sizeBytes));
  return { rehearsal: { ...nothingWouldGo(expected, seen), ...left }, listed };
}

/** Tells how an isolation would end if the source cannot be read. Nothing is written. */
export async function rehearseRefusal(
  work: Work,
  reason: RefusedReason,
  read: Rehearsal['read'],
): Promise<Rehearsal> {
  const { object } = work.finding;
  const copy = unaskable.has(reason) ? await findAnyCopy(object, work.ports.isolationBucket) : undefined;
  return copy ? withCopyAlone(work, copy, reason) : nothingWouldGo({ name: 'refused', reason }, read);
}

const seen = { object: true } as const;
const unseen = { object: false } as const;

async function withCopy(
  work: Work,
  { provenance }: IsolatedCopy,
  listed: readonly ListedVersion[],
  { sourceVersions }: IsolateSettings,
): Promise<Rehearsal> {
  const { chooseRemaining } = choosersOf(work, sourceVersions, pretendToCopy);
  const chosen = await chooseRemaining(listed, flaggedBytesOf(provenance));
  const ids = planRemoval(undefined, listed, chosen).remove.map(({ versionId }) => versionId);
  const left = uncomparedOf(chosen.uncompared);
  if (ids.length > 0) return { ...ending(chosen.lock, ids), ...left, read: seen };
  return { ...nothingWouldGo({ name: 'already_isolated' }, seen), ...left };
}

/** An isolation would find its copy, and could not look at the source. */
async function withCopyAlone(work: Work, copy: IsolatedCopy, reason: RefusedReason): Promise<Rehearsal> {
  if (isWithoutBucket(reason)) return nothingWouldGo({ name: 'already_isolated' }, {});
  const { outcome } = await concludeUnseen(work, copy);
  return nothingWouldGo(outcome, unseen);
}

async function listUnlessRefused(
  object: ObjectAddress,
  sourceBuckets: SourceBuckets,
): Promise<readonly ListedVersion[] | RefusedReason> {
  try {
    return await sourceBuckets.listVersions(object);
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    return error.reason;
  }
}
