import type { SQSClient, Message as SqsMessage } from '@aws-sdk/client-sqs';
import { RetryableError } from '../../core/errors.ts';
import type { Message } from '../../core/message.ts';
import type { Gate } from '../../flow/gate.ts';
import { passed } from '../../flow/passed.ts';
import { createSlots } from '../../flow/slots.ts';
import { type ExtensionResult, startHeartbeat } from './heartbeat.ts';
import { createInFlight, type HandleMessage, type InFlightEvents } from './in-flight.ts';
import { createMessageEnds, type EndEvents, type EndOptions } from './message-ends.ts';
import { createPollers, type PollEvents, type PollerOptions } from './pollers.ts';

export interface QueueOptions extends EndOptions, PollerOptions {
  /** How many of `concurrency` messages may be in work now. */
  readonly concurrencyLimit: () => number;
}

/** The events that the queue reports. The functions must not throw. */
export interface QueueEvents extends EndEvents, InFlightEvents, PollEvents {
  visibilityExtended(result: ExtensionResult, message: Message): void;
}

export interface Queue {
  start(): void;
  /**
   * Stops receiving, lets work end until the deadline, hands back the remaining messages, and sends all
   * acknowledgements.
   */
  drain(deadlineMs: number): Promise<void>;
  /** Makes a running drain stop waiting for work. */
  hurry(): void;
  /** Must be called when the limit has changed. */
  limitChanged(): void;
  /** Whether more messages wait than there are free slots. */
  readonly hasBacklog: () => boolean;
  /** False if the poll loop makes no progress although it should. */
  readonly isPolling: () => boolean;
}

/** The time before the deadline that is kept for handing back and acknowledging the messages in work. */
const settleMs = 3_000;
/** The time before the deadline that is kept for handing back the messages of the last receives. */
const handBackMs = 2_000;
const stillstandMs = 5 * 60_000;

/** Receives messages, handles each in a slot of its own, and settles it. */
export function createQueue(
  clients: { readonly receive: SQSClient; readonly settle: SQSClient },
  handle: HandleMessage,
  gate: Gate,
  events: QueueEvents,
  options: QueueOptions,
): Queue {
  const { queueUrl, visibilityTimeoutSeconds } = options;
  const slots = createSlots(options.concurrencyLimit);
  const stopping = new AbortController();
  const hurrying = new AbortController();
  const deadline = new AbortController();
  const ends = createMessageEnds(clients.settle, events, options, deadline.signal);
  const inFlight = createInFlight(slots, ends, handle, events);

  const wanted = () => !stopping.signal.aborted && gate.admit();
  const take = (messages: readonly SqsMessage[]): void => inFlight.take(messages, wanted);
  const pollers = createPollers(clients.receive, slots, gate, take, events, options);

  let heartbeat: ReturnType<typeof startHeartbeat> | undefined;
  let drained: Promise<void> | undefined;

  /** Resolves at the end, when only the reserve is left of the deadline, or when `hurry` is called. */
  const waitFor = (end: Promise<void>, deadlineMs: number, reserveMs: number): Promise<void> => {
    const ms = deadlineMs - Math.min(reserveMs, deadlineMs / 2);
    return Promise.race([end, passed(ms, hurrying.signal)]);
  };
  const drain = async (deadlineMs: number): Promise<void> => {
    const endMs = performance.now() + deadlineMs;
    const giveUp = () =>
      deadline.abort(new RetryableError('ShutdownDeadline', 'the shutdown deadline has passed'));
    let timer = setTimeout(giveUp, deadlineMs);
    stopping.abort();
    pollers.stop();
    const endWork = async (): Promise<void> => {
      await waitFor(inFlight.idle(), deadlineMs, settleMs);
      heartbeat?.stop();
      inFlight.handBackAll();
    };
    // Messages that SQS has chosen for an aborted receive stay invisible. So the drain waits for receives,
    // even for long polls.
    const endReceives = async (): Promise<void> => {
      await waitFor(pollers.idle(), deadlineMs, handBackMs);
      pollers.abort();
    };
    await Promise.all([endWork(), endReceives()]);
    hurrying.abort();
    // From here on SQS is awaited no longer than this, whatever it does.
    clearTimeout(timer);
    timer = setTimeout(giveUp, Math.min(settleMs, deadlineMs / 2, endMs - performance.now()));
    await Promise.all([inFlight.allHandedBack(), ends.flush()]);
    clearTimeout(timer);
  };

  return {
    start() {
      heartbeat = startHeartbeat(clients.settle, queueUrl, visibilityTimeoutSeconds, inFlight.messages, {
        extended: (result, { message }) => events.visibilityExtended(result, message),
        runningOut: (inWork) => inWork.interruption.abort(),
      });
      pollers.start();
    },
    drain(deadlineMs) {
      drained ??= drain(deadlineMs);
      return drained;
    },
    hurry: () => hurrying.abort(),
    limitChanged: () => slots.limitChanged(),
    hasBacklog: pollers.hasBacklog,
    // There is rightly no poll if all slots are busy or the gate is shut.
    isPolling() {
      const sinceMs = Math.max(pollers.lastAttemptMs(), slots.freeSinceMs ?? 0);
      return slots.free === 0 || !gate.admit() || performance.now() - sinceMs < stillstandMs;
    },
  };
}
