import { findVerifiedCopy, type IsolatedCopy, makeVerifiedCopy } from './copy-object.ts';
import { RefusedError, RetryableError } from './errors.ts';
import type { Finding } from './finding.ts';
import { locate } from './locate-object.ts';
import type { Outcome } from './outcome.ts';
import type { Ports, StoredObject } from './ports.ts';
import { recordExists } from './record.ts';
import { type Removal, removeFlaggedBytes, surveyVersions } from './remove-object.ts';
import { timed } from './timed.ts';

export interface IsolateSettings {
  readonly serviceVersion: string;
  readonly allowedSourceRegions: readonly string[];
}

/** What became of one flagged object, as far as it got: the substance of records and alerts. */
export interface Isolation {
  readonly outcome: Outcome;
  /** The source as HEAD showed it before anything was done. */
  readonly source?: StoredObject;
  readonly copy?: IsolatedCopy;
  readonly removal?: Removal;
  /** When the flagged bytes were no longer readable at the source. */
  readonly removedAt?: Date;
}

/**
 * Isolates one object: identify, copy, verify, delete. Safe to run again from any point: every step
 * looks at what is there, does nothing twice, and the delete comes last.
 */
export async function isolate(finding: Finding, ports: Ports, settings: IsolateSettings): Promise<Isolation> {
  const region = finding.object.region ?? ports.isolation.region;
  if (!settings.allowedSourceRegions.includes(region)) return { outcome: refused('cross-region') };
  let source: StoredObject | undefined;
  let copy: IsolatedCopy | 'source-changed' | undefined;
  try {
    const located = await timed(ports, 'identify', () => locate(finding.object, ports.source));
    if (located.kind !== 'flagged') return await concludeAbsent(finding, located.kind, ports);
    const { stored } = located;
    source = stored;
    copy = await makeVerifiedCopy(finding, stored, ports, settings.serviceVersion);
    if (copy === 'source-changed') return await concludeVanished(finding, ports);
    const removal = await timed(ports, 'delete', () =>
      removeFlaggedBytes(finding.object, stored, ports.source),
    );
    if (removal.kind === 'vanished') return await concludeVanished(finding, ports, copy);
    if (removal.kind === 'retained') {
      return { outcome: { name: 'retained', reason: removal.reason }, source, copy, removal };
    }
    return { outcome: { name: 'isolated' }, source, copy, removal, removedAt: ports.clock() };
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    const about = source ? { source } : {};
    if (typeof copy === 'object')
      return { ...about, copy, outcome: { name: 'retained', reason: 'delete-denied' } };
    return { ...about, ...(await concludeRefused(finding, error, ports)) };
  }
}

function refused(reason: RefusedError['reason']): Outcome {
  return { name: 'refused', reason };
}

/** The flagged bytes are not at the source. Whether that is our doing, the copy tells. */
async function concludeAbsent(finding: Finding, how: 'changed' | 'absent', ports: Ports): Promise<Isolation> {
  const found = await findVerifiedCopy(finding.object, ports.isolation);
  if (found.kind === 'verified') return concludeDone(finding, found.copy, ports);
  if (how === 'changed') return { outcome: { name: 'changed' } };
  const reason = found.kind === 'unverified' ? 'copy-unverified' : 'source-absent';
  return { outcome: { name: 'gone', reason } };
}

/**
 * Done before. By a handling of this very finding that was cut short before it wrote its record, or by
 * somebody else: another finding, another worker, or this finding's own completed handling.
 */
async function concludeDone(finding: Finding, copy: IsolatedCopy, ports: Ports): Promise<Isolation> {
  const recorded = (name: 'isolated' | 'changed') => recordExists(ports.isolation, finding, { name });
  if (copy.provenance.findingId !== finding.id || (await recorded('isolated'))) {
    return { outcome: { name: 'already_isolated' }, copy };
  }
  // Its owner overwrote the object after our copy, and an earlier delivery has said so.
  if (await recorded('changed')) return { outcome: { name: 'changed' }, copy };
  const removal = await surveyVersions(finding.object, copy.provenance, ports.source);
  return { outcome: { name: 'isolated' }, copy, ...(removal && { removal }) };
}

/**
 * The source no longer held the flagged bytes when we copied or deleted. After a retried call that may
 * be our own earlier success, so look again before judging (aws-facts 2, lost responses).
 */
async function concludeVanished(finding: Finding, ports: Ports, copy?: IsolatedCopy): Promise<Isolation> {
  const now = await locate(finding.object, ports.source);
  if (now.kind === 'flagged') {
    throw new RetryableError('SourceInFlux', 'a conditional call failed although the source is unchanged');
  }
  if (copy === undefined) return concludeAbsent(finding, now.kind, ports);
  // Overwritten in the moment between our copy and our delete: the copy is kept, nothing was removed.
  if (copy.madeNow && now.kind === 'changed') return { outcome: { name: 'changed' }, copy };
  return concludeDone(finding, copy, ports);
}

/**
 * The source cannot be asked. That is no news where an earlier delivery had done its work: without
 * permission to list, S3 says "denied" of what is absent (aws-facts 2, errors).
 */
async function concludeRefused(finding: Finding, error: RefusedError, ports: Ports): Promise<Isolation> {
  const outcome = refused(error.reason);
  if (error.reason !== 'access-denied' && error.reason !== 'no-such-bucket') return { outcome };
  const found = await findVerifiedCopy(finding.object, ports.isolation);
  if (found.kind !== 'verified') return { outcome };
  if (error.reason === 'no-such-bucket') return concludeDone(finding, found.copy, ports);
  const done = await recordExists(ports.isolation, finding, { name: 'isolated' });
  const known: Outcome = done ? { name: 'already_isolated' } : { name: 'retained', reason: 'delete-denied' };
  return { outcome: known, copy: found.copy };
}
