import { alertFor } from './alert.ts';
import { findVerifiedCopy } from './copy-object.ts';
import { errorCode, RetryableError } from './errors.ts';
import type { Finding } from './finding.ts';
import { type IsolateSettings, type Isolation, isolate } from './isolate.ts';
import { isolationKey } from './isolation-key.ts';
import type { Message, Settlement } from './message.ts';
import { alertIsDue, type Outcome, reasonText, settledBy } from './outcome.ts';
import { parseFinding } from './parse-finding.ts';
import type { Decide, Decision } from './policy.ts';
import type { AlertResult, Ports } from './ports.ts';
import { evidenceRecord, type RecordedFinding, recordExists, recordKey } from './record.ts';
import { timed } from './timed.ts';

export interface HandleSettings extends IsolateSettings {
  readonly mode: 'enforce' | 'dry-run';
  readonly decide: Decide;
  /** At this receive count a message that keeps failing is parked instead of tried again. */
  readonly parkAfterReceives: number;
}

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

/**
 * One message, from its body to the outcome that settles it: parse, decide, isolate, alert, record. The
 * caller settles the message afterwards, and only then; so a crash anywhere repeats the handling, which
 * finds what was done. Throws what may go well later, until `parkAfterReceives`.
 */
export async function handleFinding(
  message: Message,
  ports: Ports,
  settings: HandleSettings,
): Promise<Handled> {
  const receivedAt = ports.clock();
  const parsed = parseFinding(message.body, message.sentAt);
  if (parsed.kind !== 'finding') {
    const outcome = { name: parsed.kind, reason: parsed.reason } as Outcome;
    const { findingId, createdAt, type } = parsed;
    const named = findingId !== undefined && createdAt !== undefined;
    const finding = named ? { id: findingId, createdAt, ...(type !== undefined && { type }) } : undefined;
    return conclude({ outcome, ...(finding && { finding }) }, message, receivedAt, ports, settings);
  }
  const { finding } = parsed;
  const decision = settings.decide(finding);
  let result: Isolation;
  try {
    result = await act(finding, decision, message, ports, settings);
  } catch (error) {
    if (message.receiveCount < settings.parkAfterReceives) throw error;
    result = await giveUp(finding, error, ports);
  }
  const { outcome } = result;
  return conclude({ outcome, finding, decision, isolation: result }, message, receivedAt, ports, settings);
}

async function act(
  finding: Finding,
  decision: Decision,
  message: Message,
  ports: Ports,
  settings: HandleSettings,
): Promise<Isolation> {
  // Macie flags isolated copies too; moving them would go round for ever (aws-facts 9.14).
  if (finding.object.bucket === ports.isolation.name) {
    return { outcome: { name: 'ignored', reason: 'isolation-bucket' } };
  }
  if (settings.mode === 'dry-run' && decision.action === 'isolate') return { outcome: { name: 'dry_run' } };
  const mustFinish = settings.mode === 'enforce' && message.receiveCount > 1;
  if (decision.action === 'isolate' || (mustFinish && (await wasBegun(finding, ports)))) {
    return isolate(finding, ports, settings);
  }
  return { outcome: decision.action === 'alert' ? { name: 'alerted' } : { name: 'ignored', reason: 'rule' } };
}

/** Whether an earlier delivery made this finding's copy under a policy that has changed since: what was begun is finished. */
async function wasBegun(finding: Finding, ports: Ports): Promise<boolean> {
  const found = await findVerifiedCopy(finding.object, ports.isolation);
  return found.kind === 'verified' && found.copy.provenance.findingId === finding.id;
}

/** What keeps failing is parked by ourselves, with the error's name, before SQS does it without one. */
async function giveUp(finding: Finding, error: unknown, ports: Ports): Promise<Isolation> {
  const lastError = errorCode(error);
  try {
    const found = await findVerifiedCopy(finding.object, ports.isolation);
    if (found.kind === 'verified') {
      return { outcome: { name: 'retained', reason: 'retries-exhausted', lastError }, copy: found.copy };
    }
  } catch {
    // The isolation bucket cannot be asked, which may be the very fault: nothing is known to be safe.
  }
  return { outcome: { name: 'refused', reason: 'retries-exhausted', lastError } };
}

type Ending = Pick<Handled, 'outcome' | 'finding' | 'decision' | 'isolation'>;

/** Alert, record, and say how to settle: in this order, so that nobody goes untold of what is on record. */
async function conclude(
  ending: Ending,
  message: Message,
  receivedAt: Date,
  ports: Ports,
  settings: HandleSettings,
): Promise<Handled> {
  try {
    const settlement = settlementOf(ending.outcome, ending.finding);
    return { ...ending, settlement, ...(await tellAndRecord(ending, message, receivedAt, ports, settings)) };
  } catch (error) {
    if (message.receiveCount < settings.parkAfterReceives) throw error;
    // Even without a record the reason must reach the dead-letter queue, before SQS moves the message without one.
    const settlement = parked(ending.outcome, errorCode(error), ending.finding);
    return { ...ending, settlement, alert: 'failed', recorded: false };
  }
}

async function tellAndRecord(
  ending: Ending,
  message: Message,
  receivedAt: Date,
  ports: Ports,
  settings: HandleSettings,
): Promise<Pick<Handled, 'alert' | 'recorded'>> {
  const { outcome, finding } = ending;
  if (finding && !isFresh(ending, message) && (await recordExists(ports.isolation, finding, outcome))) {
    return { alert: 'none', recorded: false };
  }
  const key = intendedKey(ending);
  const about = {
    ...ending,
    isolationBucket: ports.isolation.name,
    ...(key !== undefined && { intendedKey: key }),
  };
  const alert = await timed(ports, 'alert', () => tell({ ...about, messageId: message.id }, message, ports));
  if (finding === undefined) return { alert, recorded: false };
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
  return { alert, recorded: (await timed(ports, 'record', put)) === 'written' };
}

/** The bytes were removed just now on a first delivery, so no record of it can be there: saves a call. */
function isFresh(ending: Ending, message: Message): boolean {
  return ending.isolation?.removal?.kind === 'removed' && message.receiveCount === 1;
}

/** A failed alert sends the message round again, but not for ever: an alert never holds up the acknowledgement for good. */
const alertAttempts = 5;

async function tell(
  input: Parameters<typeof alertFor>[0],
  message: Message,
  ports: Ports,
): Promise<AlertResult> {
  let result: AlertResult = 'none';
  if (alertIsDue(input.outcome)) {
    try {
      result = await ports.alerts.publish(alertFor(input));
    } catch (error) {
      ports.observer.alertDone('failed');
      if (message.receiveCount <= alertAttempts) {
        throw new RetryableError('AlertFailed', 'the alert could not be sent', { cause: error });
      }
      return 'failed';
    }
  }
  ports.observer.alertDone(result);
  return result;
}

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
