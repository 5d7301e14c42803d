import { errorCode, RetryableError } from '../errors.ts';
import { isolationKey, recordKey } from '../evidence/keys.ts';
import { placeOfRecord, type RecordPlace } from '../evidence/record-place.ts';
import { noteRemoval, withRemovalNote } from '../evidence/removal-note.ts';
import type { Finding, RecordedFinding } from '../finding.ts';
import type { IsolationResult } from '../isolation.ts';
import { isRepetition, type Message, type Settlement } from '../message.ts';
import { alertIsDue, type Outcome, reasonText, settledBy } from '../outcome.ts';
import type { Decision } from '../policy/policy.ts';
import type { AlertResult, Ports } from '../ports.ts';
import { timed } from '../timed.ts';
import { type AlertInput, alertFor } from './alert-text.ts';
import { evidenceRecord, type RecordInput } from './record.ts';

/** The end of a handling. */
export interface Handled {
  readonly outcome: Outcome;
  readonly settlement: Settlement;
  readonly finding?: RecordedFinding & Partial<Finding>;
  readonly decision?: Decision;
  readonly isolation?: IsolationResult;
  readonly alert: AlertResult;
  /** False if an earlier delivery wrote this record, or if the message has no id for a record. */
  readonly recorded: boolean;
}

export interface ConcludeSettings {
  readonly serviceVersion: string;
  /** A message that keeps failing is parked at this receive count. */
  readonly parkAfterReceives: number;
}

type Ending = Pick<Handled, 'outcome' | 'finding' | 'decision' | 'isolation'>;

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
  const settlement = settlementOf(outcome, finding);
  const isLast = message.receiveCount >= settings.parkAfterReceives;
  let handled: Omit<Handled, 'settlement'> = { ...ending, alert: 'none', recorded: false };
  try {
    const place = finding && (await placeOf(ending, finding, message, ports, isLast));
    if (place?.exists && !isHidden(ending)) return { ...handled, settlement };
    if (finding && isRepetition(message))
      handled = { ...handled, ...(await withNote(ending, finding, ports, isLast)) };
    const intended = intendedIsolationKey(ending);
    const about = {
      ...handled,
      isolationBucket: ports.isolationBucket.name,
      ...(intended !== undefined && { intendedIsolationKey: intended }),
    };
    const alertAbout = (at: RecordPlace | undefined) => {
      const input = { ...about, messageId: message.id, ...(at && { recordKey: at.key }) };
      return timed(ports, 'alert', () => publishAlert(input, message, ports, settings));
    };
    handled = { ...handled, alert: await alertAbout(place) };
    if (finding === undefined || place === undefined) return { ...handled, settlement };
    const { serviceVersion } = settings;
    const times = { receivedAt, recordedAt: ports.clock() };
    const { alert } = handled;
    const record = { ...about, ...times, finding, alert, message, serviceVersion };
    const put = () => putRecord(record, place, ports, alertAbout);
    handled = { ...handled, recorded: await timed(ports, 'record', put) };
    return { ...handled, settlement };
  } catch (error) {
    if (finding && ending.isolation) await noteRemoval(ports.isolationBucket, finding, ending.isolation);
    if (!isLast) throw error;
    // Even without a record the reason must reach the dead-letter queue, before SQS moves the message there
    // without a reason.
    return { ...handled, settlement: parked(outcome, errorCode(error), finding) };
  }
}

/** Returns whether the record was written now. */
async function putRecord(
  input: RecordInput,
  place: RecordPlace,
  { isolationBucket }: Ports,
  alertAbout: (there: RecordPlace) => Promise<unknown>,
): Promise<boolean> {
  const json = JSON.stringify(evidenceRecord(input));
  if ((await isolationBucket.put(place.key, json)) === 'written') return true;
  const there = await placeOfRecord(isolationBucket, input.finding, input.outcome);
  if (there.exists) return false;
  // Meanwhile another object came under this finding id, and the alert named the record of that object.
  if (there.key !== place.key) await alertAbout(there);
  return (await isolationBucket.put(there.key, json)) === 'written';
}

/**
 * Returns the key of the record, and whether the record exists. If the bytes were removed just now, on a
 * first delivery, there can be no record, and the call is saved. On the last receive, people must be alerted
 * even if the bucket cannot be read.
 */
async function placeOf(
  ending: Ending,
  finding: RecordedFinding,
  message: Message,
  { isolationBucket }: Ports,
  isLast: boolean,
): Promise<RecordPlace> {
  const usual = { key: recordKey(finding, ending.outcome), exists: false };
  if (isFresh(ending, message) && isolationBucket.holds?.(usual.key) !== true) return usual;
  const asking = placeOfRecord(isolationBucket, finding, ending.outcome);
  return isLast ? asking.catch(() => usual) : asking;
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

function isFresh({ outcome, isolation }: Ending, message: Message): boolean {
  const kind = isolation?.removal?.kind;
  if (isRepetition(message) || (kind !== 'removed' && kind !== 'untouched')) return false;
  // An `isolated` without a time of removal ends work that another message with this finding id began. That
  // message may have written the record.
  return outcome.name !== 'isolated' || isolation?.removedAt !== undefined;
}

/**
 * A delete marker hides an object that could not be removed. An earlier record may not name the marker, if a
 * repetition put the marker and died. So people are alerted, even if for the second time.
 */
function isHidden({ isolation }: Ending): boolean {
  return isolation?.removal?.kind === 'retained' && isolation.removal.markerVersionId !== undefined;
}

/**
 * A message whose alert failed backs off, but only a few times: an alert must not delay the acknowledgement
 * forever.
 */
const alertAttempts = 5;

async function publishAlert(
  input: AlertInput,
  message: Message,
  ports: Ports,
  settings: ConcludeSettings,
): Promise<AlertResult> {
  let result: AlertResult = 'none';
  if (alertIsDue(input.outcome, input.decision?.quiet)) {
    try {
      result = await ports.alerts.publish(alertFor(input));
    } catch (error) {
      ports.observer.alertDone('try-failed');
      if (message.receiveCount <= alertAttempts && message.receiveCount < settings.parkAfterReceives) {
        throw new RetryableError('AlertFailed', 'the alert could not be sent', { cause: error });
      }
      result = 'failed';
    }
  }
  ports.observer.alertDone(result);
  return result;
}

/** If there is a copy, record and alert name the key of the copy instead. */
function intendedIsolationKey({ outcome, finding }: Ending): string | undefined {
  return outcome.name === 'dry_run' && finding?.object ? isolationKey(finding.object, 0) : undefined;
}

function settlementOf(outcome: Outcome, finding: RecordedFinding | undefined): Settlement {
  if (settledBy(outcome) === 'delete') return { by: 'delete' };
  return parked(outcome, reasonText(outcome) ?? outcome.name, finding);
}

function parked(outcome: Outcome, reason: string, finding: RecordedFinding | undefined): Settlement {
  return { by: 'park', outcome: outcome.name, reason, ...(finding && { findingId: finding.id }) };
}
