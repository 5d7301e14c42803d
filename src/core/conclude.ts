import { type AlertInput, alertFor } from './alert.ts';
import { errorCode, RetryableError } from './errors.ts';
import type { Finding } from './finding.ts';
import type { Isolation } from './isolate.ts';
import { isolationKey } from './isolation-key.ts';
import { isRepetition, type Message, type Settlement } from './message.ts';
import { alertIsDue, type Outcome, reasonText, settledBy } from './outcome.ts';
import type { Decision } from './policy.ts';
import type { AlertResult, Ports } from './ports.ts';
import { evidenceRecord, type RecordedFinding, recordExists, recordKey } from './record.ts';
import { timed } from './timed.ts';

/** The end of one handling. */
export interface Handled {
  readonly outcome: Outcome;
  readonly settlement: Settlement;
  readonly finding?: RecordedFinding & Partial<Finding>;
  readonly decision?: Decision;
  readonly isolation?: Isolation;
  readonly alert: AlertResult;
  /** False where an earlier delivery had written this very record, or where it has no id to be written under. */
  readonly recorded: boolean;
}

export interface ConcludeSettings {
  readonly serviceVersion: string;
  /** At this receive count a message that keeps failing is parked instead of tried again. */
  readonly parkAfterReceives: number;
}

type Ending = Pick<Handled, 'outcome' | 'finding' | 'decision' | 'isolation'>;

/** Alert, record, and say how to settle: in this order, so that nobody goes untold of what is on record. */
export async function conclude(
  ending: Ending,
  message: Message,
  receivedAt: Date,
  ports: Ports,
  settings: ConcludeSettings,
): Promise<Handled> {
  const { outcome, finding } = ending;
  let settlement = settlementOf(outcome, finding);
  let alert: AlertResult = 'none';
  let recorded = false;
  try {
    if (
      finding &&
      !isFresh(ending, message) &&
      !isHidden(ending) &&
      (await isRecorded(finding, outcome, message, ports, settings))
    ) {
      return { ...ending, settlement, alert, recorded };
    }
    const key = intendedKey(ending);
    const about = {
      ...ending,
      isolationBucket: ports.isolation.name,
      ...(key !== undefined && { intendedKey: key }),
    };
    alert = await timed(ports, 'alert', () =>
      tell({ ...about, messageId: message.id }, message, ports, settings),
    );
    if (finding === undefined) return { ...ending, settlement, alert, recorded };
    const { serviceVersion } = settings;
    const recordedAt = ports.clock();
    const record = evidenceRecord({
      ...about,
      finding,
      alert,
      message,
      receivedAt,
      recordedAt,
      serviceVersion,
    });
    const put = () => ports.isolation.put(recordKey(finding, outcome), JSON.stringify(record));
    recorded = (await timed(ports, 'record', put)) === 'written';
  } catch (error) {
    if (message.receiveCount < settings.parkAfterReceives) throw error;
    // Even without a record the reason must reach the dead-letter queue, before SQS moves the message without one.
    settlement = parked(outcome, errorCode(error), finding);
  }
  return { ...ending, settlement, alert, recorded };
}

/** On the last receive, a bucket that cannot be asked must not keep people from being told. */
async function isRecorded(
  finding: RecordedFinding,
  outcome: Outcome,
  message: Message,
  ports: Ports,
  settings: ConcludeSettings,
): Promise<boolean> {
  try {
    return await recordExists(ports.isolation, finding, outcome);
  } catch (error) {
    if (message.receiveCount < settings.parkAfterReceives) throw error;
    return false;
  }
}

/** The bytes were removed just now on a first delivery, so no record of it can be there: saves a call. */
function isFresh(ending: Ending, message: Message): boolean {
  return ending.isolation?.removal?.kind === 'removed' && !isRepetition(message);
}

/**
 * A delete marker hides what could not be removed. An earlier record may not know of it, if a repetition of
 * the work put it and died; so people are told, even if again.
 */
function isHidden({ isolation }: Ending): boolean {
  return isolation?.removal?.kind === 'retained' && isolation.removal.markerVersionId !== undefined;
}

/** A failed alert sends the message round again, but not for ever: an alert never holds up the acknowledgement for good. */
const alertAttempts = 5;

async function tell(
  input: AlertInput,
  message: Message,
  ports: Ports,
  settings: ConcludeSettings,
): Promise<AlertResult> {
  let result: AlertResult = 'none';
  if (alertIsDue(input.outcome)) {
    try {
      result = await ports.alerts.publish(alertFor(input));
    } catch (error) {
      ports.observer.alertDone('failed');
      if (message.receiveCount <= alertAttempts && message.receiveCount < settings.parkAfterReceives) {
        throw new RetryableError('AlertFailed', 'the alert could not be sent', { cause: error });
      }
      return 'failed';
    }
  }
  ports.observer.alertDone(result);
  return result;
}

/** Where there is a copy, record and alert name that instead. */
function intendedKey({ outcome, finding }: Ending): string | undefined {
  return outcome.name === 'dry_run' && finding?.object ? isolationKey(finding.object, 0) : undefined;
}

function settlementOf(outcome: Outcome, finding: RecordedFinding | undefined): Settlement {
  if (settledBy(outcome) === 'delete') return { by: 'delete' };
  return parked(outcome, reasonText(outcome) ?? outcome.name, finding);
}

function parked(outcome: Outcome, reason: string, finding: RecordedFinding | undefined): Settlement {
  return { by: 'park', outcome: outcome.name, reason, ...(finding && { findingId: finding.id }) };
}
