import type { SQSClient, Message as SqsMessage } from '@aws-sdk/client-sqs';
import { RetryableError } from '../../core/errors.ts';
import type { Message } from '../../core/message.ts';
import type { Gate } from '../../flow/gate.ts';
import { passed } from '../../flow/passed.ts';
import { createSlots } from '../../flow/slots.ts';
import { type ExtensionResult, startHeartbeat } from './heartbeat.ts';
import { createInFlight, type HandleMessage, type InFlightEvents } from './in-flight.ts';
import { createPollers, type PollEvents, type PollerOptions } from './pollers.ts';
import { createSettler, type SettleEvents, type SettleOptions } from './settle.ts';

export interface QueueOptions extends SettleOptions, PollerOptions {
  /** How many of `concurrency` messages may be in work now. */
  readonly concurrencyLimit: () => number;
}

/** What the queue tells of; must not throw. */
export interface QueueEvents extends SettleEvents, InFlightEvents, PollEvents {
  visibilityExtended(result: ExtensionResult, message: Message): void;
}

export interface Queue {
  start(): void;
  /** Stops receiving, lets work end until the deadline, hands back the rest, sends all acknowledgements. */
  drain(deadlineMs: number): Promise<void>;
  /** Has a drain wait for work no longer. */
  hurry(): void;
  /** To be called when the limit has changed. */
  limitChanged(): void;
  /** Whether more messages wait than there is room for. */
  readonly hasBacklog: () => boolean;
  /** False when the poll loop stands still although it should run. */
  readonly isPolling: () => boolean;
}

/** Left of the deadline for handing back and acknowledging what is in work. */
const settleMs = 3_000;
/** Left of it for handing back what the last receives bring. */
const handBackMs = 2_000;
const stillstandMs = 5 * 60_000;

/**
 * Receives messages, runs each in a slot of its own, and settles it.
 */
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
  const settler = createSettler(clients.settle, events, options, deadline.signal);
  const inFlight = createInFlight(slots, settler, handle, events);

  const wanted = () => !stopping.signal.aborted && gate.admit();
  const take = (messages: readonly SqsMessage[]): void => inFlight.take(messages, wanted);
  const pollers = createPollers(clients.receive, slots, gate, take, events, options);

  let heartbeat: ReturnType<typeof startHeartbeat> | undefined;
  let drained: Promise<void> | undefined;

  /** Resolves with the end, when only so much of the deadline is left, or when somebody hurries. */
  const waitFor = (end: Promise<void>, deadlineMs: number, reserveMs: number): Promise<void> => {
    const ms = deadlineMs - Math.min(reserveMs, deadlineMs / 2);
    return Promise.race([end, passed(ms, hurrying.signal)]);
  };
  const drain = async (deadlineMs: number): Promise<void> => {
    const endMs = performance.now() + deadlineMs;
    const giveUp = () => deadline.abort(new RetryableError('ShutdownDeadline', 'the shutdown deadline'));
    let timer = setTimeout(giveUp, deadlineMs);
    stopping.abort();
    pollers.stop();
    const endWork = async (): Promise<void> => {
      await waitFor(slots.idle(), deadlineMs, settleMs);
      heartbeat?.stop();
      inFlight.handBackAll();
    };
    // What SQS has chosen for a receive that is broken off stays hidden: so it is waited for, a long poll too.
    const endReceives = async (): Promise<void> => {
      await waitFor(pollers.idle(), deadlineMs, handBackMs);
      pollers.abort();
    };
    await Promise.all([endWork(), endReceives()]);
    hurrying.abort();
    // From here on SQS is waited for no longer than that, whatever becomes of it.
    clearTimeout(timer);
    timer = setTimeout(giveUp, Math.min(settleMs, deadlineMs / 2, endMs - performance.now()));
    await Promise.all([inFlight.allHandedBack(), settler.flush()]);
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
    // With as many in work as may be, or at a shut gate, there is rightly no poll.
    isPolling() {
      const sinceMs = Math.max(pollers.lastAttemptMs(), slots.freeSinceMs ?? 0);
      return slots.free === 0 || !gate.admit() || performance.now() - sinceMs < stillstandMs;
    },
  };
}
