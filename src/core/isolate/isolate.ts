import { makeVerifiedCopy, refuseUnreadable } from '../copy/copy-object.ts';
import { findAnyCopy } from '../copy/find-copy-by-etag.ts';
import { findOwnCopy } from '../copy/found-copy.ts';
import { RefusedError } from '../errors.ts';
import { noteIdentical } from '../evidence/identical-versions.ts';
import { isolationKey } from '../evidence/keys.ts';
import { isReleased, mayCarryReleaseMark } from '../evidence/release-records.ts';
import { fenceBeforeCopy } from '../fence/fence-before-copy.ts';
import { takeFenceFrom } from '../fence/take-fence.ts';
import type { FenceMode } from '../fences.ts';
import type { Finding } from '../finding.ts';
import type { IsolatedCopy, IsolationResult, Removal } from '../isolation.ts';
import type { IsolationBucket } from '../isolation-bucket.ts';
import type { Limit } from '../isolation-budget.ts';
import type { Ports } from '../ports.ts';
import type { Tag } from '../properties.ts';
import { isInAllowedRegion } from '../region.ts';
import type { SourceVersions } from '../remove/choose-versions.ts';
import { choosersOf } from '../remove/choosers.ts';
import { nothingRemoved } from '../remove/plan-removal.ts';
import { removeFlaggedBytes } from '../remove/remove-object.ts';
import type { StoredObject } from '../source-buckets.ts';
import { timed } from '../timed.ts';
import { unlessRefused } from '../unless-refused.ts';
import { realVersionId } from '../version-id.ts';
import type { Work } from '../work.ts';
import { explainAbsence, explainRefusal, explainVanishing } from './explain-absence.ts';
import { concludeUnseen } from './finish-isolation.ts';
import { markerLeftOver } from './give-up.ts';
import { locate } from './locate-object.ts';
import { type Allowance, type Spending, withinBudget } from './within-budget.ts';

export interface IsolateSettings {
  readonly serviceVersion: string;
  readonly allowedSourceRegions: readonly string[];
  readonly sourceVersions: SourceVersions;
  /** The limits of the rule and of the bucket. */
  readonly limits?: readonly Limit[];
  /** The message came before. An isolation that was begun is finished, and takes no unit. */
  readonly isRepetition?: boolean;
  /** The tags that the rule adds to copies. */
  readonly addTags?: readonly Tag[] | undefined;
  readonly fence: FenceMode;
  /** Whether nobody will handle the message again. */
  readonly isLast?: boolean;
}

/**
 * Isolates one object: identify, copy, verify, delete. The work can be repeated from any point: every step
 * looks at the present state and repeats no effect, and the delete comes last.
 */
export function isolate(
  finding: Finding,
  ports: Ports,
  settings: IsolateSettings,
  signal?: AbortSignal,
): Promise<IsolationResult> {
  const allowance: Allowance = {
    ...ports,
    under: settings.limits ?? [],
    mayBeBegun: settings.isRepetition ?? false,
    isBegun: () => isBegun(finding, ports.isolationBucket),
  };
  return withinBudget(allowance, (spending) => isolateObject(finding, ports, settings, spending, signal));
}

/** Whether an earlier handling of this finding made a copy. */
async function isBegun({ id, object }: Finding, isolationBucket: IsolationBucket): Promise<boolean> {
  const found = await findOwnCopy(object, isolationBucket);
  return found.kind === 'verified' && found.copy.provenance.findingId === id;
}

async function isolateObject(
  finding: Finding,
  ports: Ports,
  settings: IsolateSettings,
  spending: Spending,
  signal?: AbortSignal,
): Promise<IsolationResult> {
  const { addTags, fence, isLast = false, isRepetition = false, serviceVersion, sourceVersions } = settings;
  const work: Work = {
    finding,
    ports,
    serviceVersion,
    ...(signal && { signal }),
    ...(addTags && { addTags }),
    // An earlier handling may have fenced the object by a setting or a policy that has changed since.
    ...((fence !== 'off' || isRepetition) && { mayBeFenced: true }),
  };
  if (!isInAllowedRegion(finding.object, ports, settings)) return refuseRegion(work, isRepetition, isLast);
  const { chooseOthers, ...chooseIfAbsent } = choosersOf(work, sourceVersions);
  const about = { ...work, ...chooseIfAbsent };
  let source: StoredObject | undefined;
  let copy: IsolatedCopy | 'source-changed' | undefined;
  let removal: Removal | undefined;
  try {
    const located = await timed(ports, 'identify', () => locate(finding.object, ports));
    if (located.kind !== 'flagged') return await explainAbsence(about, located);
    let { stored } = located;
    source = stored;
    const released = () => isReleased(finding.object, stored, ports.isolationBucket);
    const leave = (seen: Seen) => leaveReleased(work, seen);
    if (mayCarryReleaseMark(finding, stored) && (await released())) {
      return await leave({ source });
    }
    refuseUnreadable(stored);
    const limit = await spending.take();
    if (limit !== undefined) {
      const hidden = isRepetition ? await markerLeftOver(finding, ports) : undefined;
      return { outcome: { name: 'held', reason: limit }, source, ...(hidden && { removal: hidden }) };
    }
    if (fence === 'first') {
      const fenced = await timed(ports, 'fence', () => fenceBeforeCopy(finding, stored, ports, isLast));
      if (fenced === 'released') return await leave({ source });
      if (fenced.isNew) spending.fenced();
      stored = fenced.stored;
    }
    copy = await makeVerifiedCopy(work, stored);
    if (copy === 'source-changed') return await explainVanishing(about);
    if (copy.provenance.findingId === finding.id) spending.copied();
    // The copy existed before, so somebody put these bytes back at the source. The release records tell who.
    const wasThere = !copy.madeNow || copy.key !== isolationKey(finding.object, 0);
    if (wasThere && (await released())) return await leave({ source, copy });
    const note = noteIdentical(finding.object, copy, ports.isolationBucket);
    const { eTag } = stored;
    const versionId = realVersionId(stored.versionId);
    if (versionId !== undefined && versionId !== finding.object.versionId) await note({ versionId, eTag });
    // Where S3 keeps no checksum of the object, the proof of the copy has the digest of its bytes.
    const flagged = { ...stored, checksum: stored.checksum ?? copy.provenance.checksum };
    spending.mayRemove();
    removal = await timed(ports, 'delete', () =>
      removeFlaggedBytes(finding.object, flagged, ports.sourceBuckets, chooseOthers(stored), note),
    );
    if (removal.kind === 'vanished') return await explainVanishing(about, { copy, removal });
    if (removal.kind === 'retained') {
      return { outcome: { name: 'retained', reason: removal.reason }, source, copy, removal };
    }
    return { outcome: { name: 'isolated' }, source, copy, removal, removedAt: ports.clock() };
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    const seen = source ? { source } : {};
    if (typeof copy === 'object') {
      // Identical versions may have been removed before the refusal. Nobody could look at what remains since.
      const done = removal && { removal, unseen: true as const };
      return { ...seen, copy, ...done, outcome: { name: 'retained', reason: 'delete-denied' } };
    }
    return { ...seen, ...(await explainRefusal(about, error)) };
  }
}

/** The region may have been allowed when an earlier delivery copied and removed the object. Only its copy tells. */
async function refuseRegion(work: Work, isRepetition: boolean, isLast: boolean): Promise<IsolationResult> {
  const { finding, ports } = work;
  const refused = { outcome: { name: 'refused', reason: 'cross-region' } } as const;
  if (!isRepetition) return refused;
  const look = async () => {
    const copy = await findAnyCopy(finding.object, ports.isolationBucket);
    return copy ? concludeUnseen(work, copy, false) : refused;
  };
  return isLast ? look().catch(() => refused) : look();
}

interface Seen {
  readonly source: StoredObject;
  readonly copy?: IsolatedCopy;
}

/**
 * A worker may have died after it put a delete marker, before the release. The record names the marker that
 * hides the object.
 */
async function leaveReleased({ finding, mayBeFenced, ports }: Work, seen: Seen): Promise<IsolationResult> {
  const { fencing, sourceBuckets } = ports;
  if (fencing !== undefined && mayBeFenced === true) {
    // Releases win: a handling that did not know of the release may have fenced the object.
    const taking = takeFenceFrom(finding.object, seen.source.versionId, undefined, fencing.tags);
    await unlessRefused(taking, undefined);
  }
  const released: IsolationResult = { outcome: { name: 'released' }, ...seen };
  if (seen.source.versionId === undefined) return released;
  const listed = await unlessRefused(sourceBuckets.listVersions(finding.object), undefined);
  if (listed === undefined) return released;
  const left = nothingRemoved(listed);
  return left.markerVersionId === undefined
    ? released
    : { ...released, removal: { kind: 'untouched', ...left } };
}
