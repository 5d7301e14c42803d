import { errorCode } from '../errors.ts';
import { isolationKey } from '../evidence/keys.ts';
import type { RecordPlace } from '../evidence/record-place.ts';
import { noteRemoval, withRemovalNote } from '../evidence/removal-note.ts';
import type { Finding, RecordedFinding } from '../finding.ts';
import type { IsolationResult } from '../isolation.ts';
import { isRepetition, type Message, type Settlement } from '../message.ts';
import type { AlertResult } from '../observer.ts';
import { type Outcome, reasonText, settledBy } from '../outcome.ts';
import type { Decision } from '../policy/policy.ts';
import type { Ports } from '../ports.ts';
import { timed } from '../timed.ts';
import { publishAlert } from './publish-alert.ts';
import { placeOf, putRecord, type WrittenRecord } from './write-record.ts';

/** The end of a handling. */
export interface Handled {
  readonly outcome: Outcome;
  readonly settlement: Settlement;
  readonly finding?: RecordedFinding & Partial<Finding>;
  readonly decision?: Decision;
  readonly isolation?: IsolationResult;
  readonly alert: AlertResult;
  /** Whether this handling wrote the record. */
  readonly recorded: boolean;
  /**
   * Present if an earlier delivery wrote this record. If it is absent and `recorded` is false, there is no record: the
   * message has no id for a record, or its last receive could not write the record.
   */
  readonly recordedBefore?: true;
  /** Present if `recorded`. */
  readonly record?: WrittenRecord;
}

export interface ConcludeSettings {
  readonly serviceVersion: string;
  /** A message that keeps failing is parked at this receive count. */
  readonly parkAfterReceives: number;
}

export type Ending = Pick<Handled, 'outcome' | 'finding' | 'decision' | 'isolation'>;

/**
 * Alerts people, writes the record, and returns how to settle the message. The order guarantees that people
 * were alerted about everything on record.
 */
export async function conclude(
  ending: Ending,
  message: Message,
  receivedAt: Date,
  ports: Ports,
  settings: ConcludeSettings,
): Promise<Handled> {
  const { outcome, finding } = ending;
  ports.observer.outcomeReached(message, outcome);
  const isLast = message.receiveCount >= settings.parkAfterReceives;
  const step: Concluding = { message, receivedAt, ports, settings, isLast };
  const settlement = settlementOf(outcome, finding);
  let handled: Handled = { ...ending, settlement, alert: 'none', recorded: false };
  try {
    const place = finding && (await placeOf(ending, finding, message, ports.isolationBucket, isLast));
    if (place?.exists && !mayBeUntold(ending)) return { ...handled, recordedBefore: true };
    if (finding && isRepetition(message))
      handled = { ...handled, ...(await withNote(ending, finding, ports, isLast)) };
    handled = { ...handled, alert: await alertPeople(handled, place, step) };
    if (finding === undefined || place === undefined) return handled;
    const written = await record(handled, finding, place, step);
    return written === undefined
      ? { ...handled, recordedBefore: true }
      : { ...handled, recorded: true, record: written };
  } catch (error) {
    if (finding && ending.isolation) await noteRemoval(ports.isolationBucket, finding, ending.isolation);
    if (!isLast) throw error;
    // Even without a record the reason must reach the dead-letter queue, before SQS moves the message there
    // without a reason.
    return { ...handled, settlement: parked(outcome, errorCode(error), finding) };
  }
}

/** The input of every step of the end. */
interface Concluding {
  readonly message: Message;
  readonly receivedAt: Date;
  readonly ports: Ports;
  readonly settings: ConcludeSettings;
  /** A message that fails now is parked. */
  readonly isLast: boolean;
}

/** The alert names the record, which is written after it. */
function alertPeople(
  handled: Handled,
  place: RecordPlace | undefined,
  { message, ports, isLast }: Concluding,
): Promise<AlertResult> {
  const about = { ...withPlaces(handled, ports), messageId: message.id };
  const input = { ...about, ...(place && { recordKey: place.key }) };
  return publishAlert(input, message, ports, isLast);
}

/** Returns `undefined` if an earlier delivery wrote the record. */
function record(
  handled: Handled,
  finding: RecordedFinding,
  place: RecordPlace,
  step: Concluding,
): Promise<WrittenRecord | undefined> {
  const { message, receivedAt, ports, settings } = step;
  const times = { receivedAt, recordedAt: ports.clock() };
  const { serviceVersion } = settings;
  const input = { ...withPlaces(handled, ports), ...times, finding, message, serviceVersion };
  // A digest names no record.
  const alertAbout = async (there: RecordPlace) => {
    if (handled.alert !== 'folded') await alertPeople(handled, there, step);
  };
  return timed(ports, 'record', () => putRecord(input, place, ports.isolationBucket, alertAbout));
}

/** Adds the places in the isolation bucket that both alert and record name. If there is a copy, they name its key. */
function withPlaces(handled: Handled, { isolationBucket }: Ports) {
  const intended = intendedIsolationKey(handled);
  return {
    ...handled,
    isolationBucket: isolationBucket.name,
    ...(intended !== undefined && { intendedIsolationKey: intended }),
  };
}

/** Reads the note of an earlier delivery that removed the object but could not write its alert or record. */
async function withNote(
  { isolation }: Ending,
  finding: RecordedFinding,
  ports: Ports,
  isLast: boolean,
): Promise<Pick<Ending, 'isolation'>> {
  if (isolation === undefined) return {};
  const asking = withRemovalNote(ports.isolationBucket, finding, isolation);
  return { isolation: await (isLast ? asking.catch(() => isolation) : asking) };
}

/**
 * A delete marker hides an object that could not be removed. An earlier record may not name the marker, if a
 * repetition put the marker and died. Nor does it name a fence that this handling put, by a setting or a policy that has
 * changed since. So people are alerted, even if for the second time.
 */
function mayBeUntold({ isolation }: Ending): boolean {
  const { fence, removal } = isolation ?? {};
  const isHidden = removal?.kind === 'retained' && removal.markerVersionId !== undefined;
  return isHidden || fence?.isNew === true;
}

/** Where a dry run would copy to. */
function intendedIsolationKey({ outcome, finding }: Ending): string | undefined {
  return outcome.name === 'dry_run' && finding?.object ? isolationKey(finding.object, 0) : undefined;
}

function settlementOf(outcome: Outcome, finding: RecordedFinding | undefined): Settlement {
  if (settledBy(outcome) === 'delete') return { by: 'delete' };
  return parked(outcome, reasonText(outcome) ?? outcome.name, finding);
}

/** Parks the message, with the name of its outcome. */
export function parked(outcome: Outcome, reason: string, finding: RecordedFinding | undefined): Settlement {
  return { by: 'park', outcome: outcome.name, reason, ...(finding && { findingId: finding.id }) };
}
