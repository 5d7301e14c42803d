import { errorCode, RetryableError } from '../errors.ts';
import { parseRecordKey, recordsOf } from '../evidence/keys.ts';
import type { RecordedFinding } from '../finding.ts';
import type { IsolationBucket } from '../isolation-bucket.ts';
import { isRepetition, type Message, type Settlement } from '../message.ts';
import type { OutcomeBus, OutcomeEvent } from '../outcome-event.ts';
import type { Ports } from '../ports.ts';
import { timed } from '../timed.ts';
import { type ConcludeSettings, type Handled, parked } from './conclude.ts';
import { eventAbout, eventWithoutRecord } from './outcome-event.ts';

/**
 * Sends the events of a handling whose record is written, and returns how the message is settled now. The
 * message is settled only after the bus has accepted every event, so a crash cannot lose an event: the next
 * delivery finds the record and sends its event again, with the same id
 * (docs/decisions/0048-events-follow-the-record.md). Throws `RetryableError` until the last receive; then the
 * message is parked.
 */
export async function sendEvents(
  handled: Handled,
  message: Message,
  ports: Ports,
  settings: ConcludeSettings,
): Promise<Settlement> {
  const { outcomeBus, observer } = ports;
  const { outcome, finding, settlement } = handled;
  if (outcomeBus === undefined) return settlement;
  try {
    await timed(ports, 'event', async () => {
      for (const event of await eventsOf(handled, message, ports, settings)) {
        await send(event, outcomeBus, ports);
      }
    });
    return settlement;
  } catch (error) {
    if (message.receiveCount < settings.parkAfterReceives) throw error;
    observer.outcomeEventDone('failed');
    // A message that is parked anyway keeps the reason that a person has to repair.
    return settlement.by === 'park' ? settlement : parked(outcome, errorCode(error), finding);
  }
}

async function send(event: OutcomeEvent, bus: OutcomeBus, { observer }: Ports): Promise<void> {
  try {
    await bus.send(event);
  } catch (error) {
    observer.outcomeEventDone('try-failed');
    throw new RetryableError('OutcomeEventFailed', 'the event could not be sent', { cause: error });
  }
  observer.outcomeEventDone('sent');
}

/** The event of this handling, after those of earlier handlings that may not have been sent. */
async function eventsOf(
  handled: Handled,
  message: Message,
  ports: Ports,
  { serviceVersion }: ConcludeSettings,
): Promise<readonly OutcomeEvent[]> {
  const { finding, outcome, record } = handled;
  if (finding === undefined) {
    const about = { messageId: message.id, at: ports.clock(), serviceVersion };
    return withoutUnreadable([eventWithoutRecord(outcome, about)]);
  }
  const now = record && eventAbout(record.key, record.json);
  const earlier = followsAnotherHandling(handled, message)
    ? await earlierEvents(finding, record?.key, ports.isolationBucket)
    : [];
  return withoutUnreadable([...earlier, now]);
}

/**
 * Whether an earlier handling may have written a record whose event was not sent. A message that was parked
 * and sent again counts as new, but then the record exists or the copy is found.
 */
function followsAnotherHandling({ outcome, record }: Handled, message: Message): boolean {
  return isRepetition(message) || record === undefined || outcome.name === 'already_isolated';
}

/** An earlier handling may have ended in another way, as the object may have changed since. */
async function earlierEvents(
  finding: RecordedFinding,
  exceptKey: string | undefined,
  isolationBucket: IsolationBucket,
): Promise<readonly OutcomeEvent[]> {
  const listed = await isolationBucket.list(recordsOf(finding));
  const keys = listed
    .map(({ key }) => key)
    .filter((key) => key !== exceptKey && parseRecordKey(key)?.findingId === finding.id);
  const jsons = await Promise.all(keys.map((key) => isolationBucket.get(key)));
  return withoutUnreadable(keys.map((key, index) => eventAbout(key, jsons[index] ?? '')));
}

/** A record that cannot be read makes no event. */
function withoutUnreadable(events: readonly (OutcomeEvent | undefined)[]): readonly OutcomeEvent[] {
  return events.flatMap((event) => event ?? []);
}
