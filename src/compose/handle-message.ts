import type { ReportedSettlement } from '../aws/queue/in-flight.ts';
import type { Message, Settlement } from '../core/message.ts';
import type { Handled } from '../core/tell/conclude.ts';
import type { Events } from '../telemetry/events.ts';

/** Must be called with every promise that is awaited without any work for the message. Returns the promise. */
export type Waits = <Value>(awaited: Promise<Value>) => Promise<Value>;

export interface HandleMessageParts {
  /** Handles the finding. Once the signal is aborted, it stops at a point from which it can be resumed. */
  readonly handleFinding: (message: Message, signal: AbortSignal, waits: Waits) => Promise<Handled>;
  /** Sends the events of the handling, and returns how the message is settled now. */
  readonly sendEvents: (handled: Handled, message: Message) => Promise<Settlement>;
  readonly events: Pick<Events, 'handlingEnded' | 'findingHandled' | 'findingHandledBefore'>;
  /** Without a dead-letter queue, the redrive policy of the findings queue moves a message that is to be parked. */
  readonly hasDeadLetterQueue: boolean;
  /** Milliseconds of a clock that only moves forward. */
  readonly elapsedMs: () => number;
}

/**
 * The story of one message: its finding is handled, timed and reported, and the ending says how the queue
 * settles the message. An outcome is counted with its record, so a message that comes again counts nothing again. A
 * parked message is reported once it is in the dead-letter queue. Any other message is reported before its events are
 * sent.
 */
export async function handleMessage(
  message: Message,
  signal: AbortSignal,
  leaveSlot: () => void,
  { elapsedMs, events, handleFinding, hasDeadLetterQueue, sendEvents }: HandleMessageParts,
): Promise<ReportedSettlement> {
  const startedAtMs = elapsedMs();
  let waitedMs = 0;
  const waits: Waits = async (awaited) => {
    leaveSlot();
    const sinceMs = elapsedMs();
    try {
      return await awaited;
    } finally {
      waitedMs += elapsedMs() - sinceMs;
    }
  };
  const handled = await handleFinding(message, signal, waits);
  const seconds = (elapsedMs() - startedAtMs - waitedMs) / 1000;
  const { recorded } = handled;
  const report = () => events.findingHandled(message, handled, seconds);

  events.handlingEnded(message, handled, seconds);
  const isDone = handled.settlement.by === 'delete';
  if (isDone) report();
  const settlement = await sendEvents(handled, message);
  if (isDone || settlement.by === 'delete') return settlement;
  // A message that is left to the redrive policy has the same outcome at each receive, so it counts only
  // once.
  const isFirst = hasDeadLetterQueue || recorded || message.receiveCount === 1;
  if (isFirst) return { ...settlement, parked: report };
  events.findingHandledBefore(message);
  return settlement;
}
