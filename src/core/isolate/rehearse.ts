import { refuseUnreadable } from '../copy/copy-object.ts';
import { findCopyByETag } from '../copy/find-copy-by-etag.ts';
import { findVerifiedCopy } from '../copy/found-copy.ts';
import { RefusedError } from '../errors.ts';
import { flaggedBytesOf } from '../evidence/provenance.ts';
import { carriesReleaseMark, isReleased } from '../evidence/release-records.ts';
import type { Finding, FlaggedObject } from '../finding.ts';
import type { Rehearsal } from '../isolation.ts';
import type { Outcome, RefusedReason } from '../outcome.ts';
import type { Ports } from '../ports.ts';
import { type ChosenVersions, idsOfSize } from '../remove/choose-versions.ts';
import { type Choosers, choosersOf } from '../remove/choosers.ts';
import type { CopyVersion } from '../remove/copy-version.ts';
import { planRemoval } from '../remove/plan-removal.ts';
import type { StoredObject } from '../source-buckets.ts';
import { timed } from '../timed.ts';
import { unlessRefused } from '../unless-refused.ts';
import type { Work } from '../work.ts';
import type { IsolateSettings } from './isolate.ts';
import { type Located, locate } from './locate-object.ts';

/**
 * Looks at the source as an isolation would, and tells how that would probably end. Nothing is written, copied or
 * removed. So a copy or a delete that would be denied is not noticed.
 */
export async function rehearse(
  finding: Finding,
  ports: Ports,
  settings: IsolateSettings,
): Promise<Rehearsal> {
  const { object } = finding;
  const region = object.region ?? ports.isolationBucket.region;
  if (!settings.allowedSourceRegions.includes(region)) return refused('cross-region', {});
  const work: Work = { finding, ports, serviceVersion: settings.serviceVersion };
  let source: StoredObject | undefined;
  let read: Rehearsal['read'] = { object: false };
  try {
    const located = await timed(ports, 'identify', () => locate(object, ports));
    if (located.kind !== 'flagged') {
      return { ...(await absent(work, located, settings)), read: { object: true } };
    }
    const { stored } = located;
    source = stored;
    read = { object: true };
    read = { ...read, tags: await ports.sourceBuckets.mayReadTags(object, stored.versionId) };
    refuseUnreadable(stored);
    if (
      (await mayBeReleased(object, stored, ports)) &&
      (await isReleased(object, stored, ports.isolationBucket))
    ) {
      return { expected: { name: 'released' }, source, wouldRemove: [], read };
    }
    if (stored.versionId === undefined) return { source, read, ...ending(stored.lock, ['null']) };
    const listed = await unlessRefused(ports.sourceBuckets.listVersions(object), 'denied');
    if (listed === 'denied') {
      const expected: Outcome = { name: 'retained', reason: 'delete-denied' };
      return { expected, source, wouldRemove: [], read: { ...read, versions: false } };
    }
    const { versionId, eTag, lock } = stored;
    const chosen = await choosersFor(work, settings).chooseOthers(stored)(listed, { ...stored, versionId });
    const plan = planRemoval({ versionId, eTag }, listed, chosen);
    const ids = plan.remove.map((version) => version.versionId);
    const seen = { source, read: { ...read, versions: true } };
    return { ...seen, ...ending(lock ?? chosen.lock, ids), ...uncomparedOf(chosen) };
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    return { ...refused(error.reason, read), ...(source && { source }) };
  }
}

/** A locked version keeps all versions: a marker would only hide it, and no other version could be removed safely. */
function ending(
  lock: StoredObject['lock'],
  ids: readonly string[],
): Pick<Rehearsal, 'expected' | 'wouldRemove'> {
  if (lock !== undefined) return { expected: { name: 'retained', reason: lock }, wouldRemove: [] };
  return { expected: { name: 'isolated' }, wouldRemove: ids };
}

function refused(reason: RefusedReason, read: Rehearsal['read']): Rehearsal {
  return { expected: { name: 'refused', reason }, wouldRemove: [], read };
}

/** An isolation asks for releases only of what has the mark of one, or has a copy. */
async function mayBeReleased(
  object: FlaggedObject,
  stored: StoredObject,
  { isolationBucket }: Ports,
): Promise<boolean> {
  return (
    carriesReleaseMark(object, stored) ||
    (await findVerifiedCopy(object, isolationBucket)).kind === 'verified'
  );
}

type Expected = Omit<Rehearsal, 'read'>;

function uncomparedOf({ uncompared }: ChosenVersions): Pick<Rehearsal, 'uncomparedVersions'> {
  return uncompared.length === 0 ? {} : { uncomparedVersions: uncompared };
}

async function absent(
  work: Work,
  { kind, found }: Exclude<Located, { kind: 'flagged' }>,
  settings: IsolateSettings,
): Promise<Expected> {
  const { finding, ports } = work;
  const { object } = finding;
  const own = found ?? (await findVerifiedCopy(object, ports.isolationBucket));
  const copy = own.kind === 'verified' ? own.copy : await findCopyByETag(object, ports.isolationBucket);
  const listed = await unlessRefused(ports.sourceBuckets.listVersions(object), []);
  if (copy !== undefined) {
    const gone = flaggedBytesOf(copy.provenance);
    const chosen = await choosersFor(work, settings).chooseRemaining(listed, gone);
    const ids = planRemoval(undefined, listed, chosen).remove.map(({ versionId }) => versionId);
    if (ids.length > 0) return { ...ending(chosen.lock, ids), ...uncomparedOf(chosen) };
    return { expected: { name: 'already_isolated' }, wouldRemove: [], ...uncomparedOf(chosen) };
  }
  const uncompared = idsOfSize(listed, object.sizeBytes);
  const left = uncompared.length > 0 && { uncomparedVersions: uncompared };
  if (kind === 'changed') return { expected: { name: 'changed' }, wouldRemove: [], ...left };
  const reason = own.kind === 'unverified' ? 'copy-unverified' : 'source-absent';
  return { expected: { name: 'gone', reason }, wouldRemove: [], ...left };
}

/** Those of an isolation, as if every copy succeeded. */
function choosersFor(work: Work, { sourceVersions }: IsolateSettings): Choosers {
  return choosersOf(work, sourceVersions, pretendToCopy);
}

const pretendToCopy: CopyVersion = async (_, stored) => {
  try {
    refuseUnreadable(stored);
    return 'copied';
  } catch {
    return 'refused';
  }
};
