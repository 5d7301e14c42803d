import { refuseUnreadable } from '../copy/copy-object.ts';
import { findVerifiedCopy } from '../copy/found-copy.ts';
import { RefusedError } from '../errors.ts';
import { isReleased, mayCarryReleaseMark } from '../evidence/release-records.ts';
import type { Finding } from '../finding.ts';
import type { Rehearsal } from '../isolation.ts';
import type { Outcome } from '../outcome.ts';
import type { Ports } from '../ports.ts';
import { isInAllowedRegion } from '../region.ts';
import { choosersOf } from '../remove/choosers.ts';
import { planRemoval } from '../remove/plan-removal.ts';
import type { StoredObject } from '../source-buckets.ts';
import { timed } from '../timed.ts';
import { unlessRefused } from '../unless-refused.ts';
import type { Work } from '../work.ts';
import type { IsolateSettings } from './isolate.ts';
import { locate } from './locate-object.ts';
import { rehearseAbsence, rehearseRefusal } from './rehearse-absence.ts';
import { ending, nothingWouldGo, pretendToCopy, type Rehearsed, uncomparedOf } from './rehearsed.ts';

/**
 * Looks at the source as an isolation would, and tells how that would probably end. Nothing is written, copied or
 * removed. So a copy or a delete that would be denied is not noticed.
 */
export async function rehearse(
  finding: Finding,
  ports: Ports,
  settings: IsolateSettings,
): Promise<Rehearsed> {
  const { object } = finding;
  const work: Work = { finding, ports, serviceVersion: settings.serviceVersion };
  if (!isInAllowedRegion(object, ports, settings)) {
    return { rehearsal: nothingWouldGo({ name: 'refused', reason: 'cross-region' }, {}) };
  }
  let source: StoredObject | undefined;
  let read: Rehearsal['read'] = { object: false };
  try {
    const located = await timed(ports, 'identify', () => locate(object, ports));
    if (located.kind !== 'flagged') return await rehearseAbsence(work, located, settings);
    const { stored } = located;
    source = stored;
    read = { object: true };
    read = { ...read, tags: await ports.sourceBuckets.mayReadTags(object, stored.versionId) };
    // An isolation asks for releases of what may have the mark, and later of what has a copy.
    const mayBeMarked = mayCarryReleaseMark(finding, stored);
    if (!mayBeMarked) refuseUnreadable(stored);
    if (
      (mayBeMarked || (await findVerifiedCopy(object, ports.isolationBucket)).kind === 'verified') &&
      (await isReleased(object, stored, ports.isolationBucket))
    ) {
      return { rehearsal: { ...nothingWouldGo({ name: 'released' }, read), source } };
    }
    refuseUnreadable(stored);
    if (stored.versionId === undefined) {
      return { rehearsal: { source, read, ...ending(stored.lock, ['null']) } };
    }
    const listed = await unlessRefused(ports.sourceBuckets.listVersions(object), 'denied');
    if (listed === 'denied') {
      const expected: Outcome = { name: 'retained', reason: 'delete-denied' };
      return { rehearsal: { ...nothingWouldGo(expected, { ...read, versions: false }), source } };
    }
    const { versionId, eTag, lock } = stored;
    const { chooseOthers } = choosersOf(work, settings.sourceVersions, pretendToCopy);
    const chosen = await chooseOthers(stored)(listed, { ...stored, versionId });
    const plan = planRemoval({ versionId, eTag }, listed, chosen);
    const ids = plan.remove.map((version) => version.versionId);
    const seen = { source, read: { ...read, versions: true }, ...uncomparedOf(chosen.uncompared) };
    return { rehearsal: { ...seen, ...ending(lock ?? chosen.lock, ids) }, listed };
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    const rehearsal = await rehearseRefusal(work, error.reason, read);
    return { rehearsal: { ...rehearsal, ...(source && { source }) } };
  }
}
