import { refuseUnreadable } from '../copy/copy-object.ts';
import { findCopyByETag } from '../copy/find-copy-by-etag.ts';
import { findVerifiedCopy } from '../copy/found-copy.ts';
import { RefusedError } from '../errors.ts';
import { isReleased } from '../evidence/release-records.ts';
import type { Finding, FlaggedObject } from '../finding.ts';
import type { Rehearsal } from '../isolation.ts';
import type { Outcome, RefusedReason } from '../outcome.ts';
import type { Ports } from '../ports.ts';
import { type ChosenVersions, chooseByETag, chooseIdentical, chooseNone } from '../remove/choose-versions.ts';
import { chooseAllOthers } from '../remove/copy-other-versions.ts';
import type { CopyVersion } from '../remove/copy-version.ts';
import { planRemoval } from '../remove/plan-removal.ts';
import type { ListedVersion, StoredObject } from '../source-buckets.ts';
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
      return { expected: await absent(object, located, ports), wouldRemove: [], read: { object: true } };
    }
    const { stored } = located;
    source = stored;
    read = { object: true };
    read = { ...read, tags: await ports.sourceBuckets.mayReadTags(object, stored.versionId) };
    refuseUnreadable(stored);
    if (await isReleased(object, stored, ports.isolationBucket)) {
      return { expected: { name: 'released' }, source, wouldRemove: [], read };
    }
    if (stored.versionId === undefined) return { source, read, ...ending(stored.lock, ['null']) };
    const listed = await unlessRefused(ports.sourceBuckets.listVersions(object), 'denied');
    if (listed === 'denied') {
      const expected: Outcome = { name: 'retained', reason: 'delete-denied' };
      return { expected, source, wouldRemove: [], read: { ...read, versions: false } };
    }
    const { versionId, eTag, lock } = stored;
    const chosen = await choose(work, settings, listed, { ...stored, versionId });
    const plan = planRemoval({ versionId, eTag }, listed, chosen);
    const ids = plan.remove.map((version) => version.versionId);
    return { source, read: { ...read, versions: true }, ...ending(lock ?? chosen.lock, ids) };
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

async function absent(
  object: FlaggedObject,
  { kind, found }: Exclude<Located, { kind: 'flagged' }>,
  { isolationBucket }: Ports,
): Promise<Outcome> {
  const copy = found ?? (await findVerifiedCopy(object, isolationBucket));
  if (copy.kind === 'verified') return { name: 'already_isolated' };
  if ((await findCopyByETag(object, isolationBucket)) !== undefined) return { name: 'already_isolated' };
  if (kind === 'changed') return { name: 'changed' };
  return { name: 'gone', reason: copy.kind === 'unverified' ? 'copy-unverified' : 'source-absent' };
}

/** Returns the versions that an isolation would remove, as if every copy succeeded. */
function choose(
  work: Work,
  { sourceVersions }: IsolateSettings,
  listed: readonly ListedVersion[],
  flagged: StoredObject & { readonly versionId: string },
): Promise<ChosenVersions> {
  const identical = chooseIdentical(work, pretendToCopy);
  const { eTag, versionId } = work.finding.object;
  switch (sourceVersions) {
    case 'flagged':
      return flagged.versionId === versionId
        ? chooseNone(listed, flagged)
        : chooseByETag(identical, eTag)(listed, flagged);
    case 'identical':
      return identical(listed, flagged);
    case 'all':
      return chooseAllOthers(work, pretendToCopy)(listed, flagged);
  }
}

const pretendToCopy: CopyVersion = async (_, stored) => {
  try {
    refuseUnreadable(stored);
    return 'copied';
  } catch {
    return 'refused';
  }
};
