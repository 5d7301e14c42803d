import { setTimeout as pause } from 'node:timers/promises';
import type { SQSClient, Message as SqsMessage } from '@aws-sdk/client-sqs';
import type { Message } from '../core/message.ts';
import type { Gate } from './gate.ts';
import { type ExtensionResult, startHeartbeat } from './heartbeat.ts';
import { createInFlight, type Handle, type InFlightEvents } from './in-flight.ts';
import { createPollers, type PollEvents, type PollerOptions } from './pollers.ts';
import { createSettler, type SettleEvents, type SettleOptions } from './settle.ts';
import { createSlots } from './slots.ts';

export interface QueueOptions extends SettleOptions, PollerOptions {
  /** How many of `concurrency` messages may be in work now. */
  readonly width: () => number;
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
  /** To be called when `width` has changed. */
  resized(): void;
  /** Whether more messages wait than there is room for. */
  readonly hasBacklog: () => boolean;
  /** False when the poll loop stands still although it should run. */
  readonly isPolling: () => boolean;
}

/** Left of the deadline for handing back and acknowledging. */
const settleMs = 3_000;
const stillstandMs = 5 * 60_000;

/**
 * Receives messages, runs each in a slot of its own, and settles it.
 *
 * `receive` must be a client of its own: stopping aborts what it sends.
 */
export function createQueue(
  clients: { readonly receive: SQSClient; readonly settle: SQSClient },
  handle: Handle,
  gate: Gate,
  events: QueueEvents,
  options: QueueOptions,
): Queue {
  const { queueUrl, visibilityTimeoutSeconds } = options;
  const slots = createSlots(options.width);
  const stopping = new AbortController();
  const hurrying = new AbortController();
  const deadline = new AbortController();
  const settler = createSettler(clients.settle, events, options, deadline.signal);
  const inFlight = createInFlight(slots, settler, handle, events);

  const wanted = () => !stopping.signal.aborted && gate.admit();
  const take = (messages: readonly SqsMessage[]): void => {
    for (const message of messages) inFlight.take(message, wanted);
  };
  const pollers = createPollers(clients.receive, slots, gate, take, events, options);

  let heartbeat: ReturnType<typeof startHeartbeat> | undefined;
  let drained: Promise<void> | undefined;

  const drain = async (deadlineMs: number): Promise<void> => {
    stopping.abort();
    pollers.stop();
    const reserveMs = Math.min(settleMs, deadlineMs / 2);
    await Promise.race([
      slots.idle(),
      pause(deadlineMs - reserveMs, undefined, { signal: hurrying.signal }).catch(() => undefined),
    ]);
    hurrying.abort();
    // From here on SQS is waited for no longer than that, whatever becomes of it.
    const timer = setTimeout(() => deadline.abort(new Error('the shutdown deadline')), reserveMs);
    heartbeat?.stop();
    await Promise.all([inFlight.abandon(), settler.flush()]);
    clearTimeout(timer);
  };

  return {
    start() {
      heartbeat = startHeartbeat(clients.settle, queueUrl, visibilityTimeoutSeconds, inFlight.entries, {
        extended: (result, { message }) => events.visibilityExtended(result, message),
        runningOut: (entry) => entry.interruption.abort(),
      });
      pollers.start();
    },
    drain(deadlineMs) {
      drained ??= drain(deadlineMs);
      return drained;
    },
    hurry: () => hurrying.abort(),
    resized: () => slots.resized(),
    hasBacklog: pollers.hasBacklog,
    // With as many in work as may be there is rightly no poll.
    isPolling() {
      const sinceMs = Math.max(pollers.lastAttemptMs(), slots.freeSinceMs ?? 0);
      return slots.free === 0 || performance.now() - sinceMs < stillstandMs;
    },
  };
}
