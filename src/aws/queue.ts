import { setTimeout as pause } from 'node:timers/promises';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { Consumer } from 'sqs-consumer';
import type { Message } from '../core/message.ts';
import { backOffSeconds } from './back-off.ts';
import type { Gate } from './gate.ts';
import { type ExtensionResult, startHeartbeat } from './heartbeat.ts';
import { createInFlight, type Handle, type InFlightEvents } from './in-flight.ts';
import { messageAttributes, systemAttributes } from './received-message.ts';
import { createSettler, type SettleEvents, type SettleOptions } from './settle.ts';
import { createSlots } from './slots.ts';

export interface QueueOptions extends SettleOptions {
  readonly concurrency: number;
  readonly visibilityTimeoutSeconds: number;
  readonly waitTimeSeconds: number;
}

/** What the queue tells of; must not throw. */
export interface QueueEvents extends SettleEvents, InFlightEvents {
  polled(): void;
  pollFailed(error: unknown): void;
  visibilityExtended(result: ExtensionResult, message: Message): void;
}

export interface Queue {
  start(): void;
  /** Stops receiving, lets work end until the deadline, hands back the rest, sends all acknowledgements. */
  drain(deadlineMs: number): Promise<void>;
  /** Has a drain wait for work no longer. */
  hurry(): void;
  /** False when the poll loop stands still although it should run. */
  readonly isPolling: () => boolean;
}

/** Left of the deadline for handing back and acknowledging. */
const settleMs = 3_000;
const stillstandMs = 5 * 60_000;

/**
 * Receives messages by sqs-consumer and runs each in a slot of its own. sqs-consumer waits for its whole
 * batch before it polls again, so the batch handler only hands messages to slots and returns when there
 * is room for more (aws-facts 11).
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
  const slots = createSlots(options.concurrency);
  const stopping = new AbortController();
  const hurrying = new AbortController();
  const deadline = new AbortController();
  const settler = createSettler(clients.settle, events, options, deadline.signal);
  const inFlight = createInFlight(slots, settler, handle, events);
  let pollErrors = 0;
  let lastAttemptMs = performance.now();

  const wanted = () => !stopping.signal.aborted && gate.admit();
  const resize = () => consumer.updateOption('batchSize', Math.max(1, Math.min(10, slots.free, gate.width)));

  const consumer = Consumer.create({
    queueUrl,
    sqs: clients.receive,
    batchSize: Math.min(10, options.concurrency),
    waitTimeSeconds: options.waitTimeSeconds,
    visibilityTimeout: visibilityTimeoutSeconds,
    messageSystemAttributeNames: [...systemAttributes],
    messageAttributeNames: messageAttributes,
    shouldDeleteMessages: false,
    suppressFifoWarning: true,
    authenticationErrorTimeout: 1,
    handleMessageBatch: async (messages) => {
      for (const message of messages) inFlight.take(message, wanted);
      await slots.worthPolling();
      resize();
      return undefined;
    },
    // sqs-consumer polls again at once after most errors; this is the pause.
    preReceiveMessageCallback: async () => {
      lastAttemptMs = performance.now();
      if (pollErrors > 0) {
        const ms = 1_000 * backOffSeconds(pollErrors, { baseSeconds: 1, maxSeconds: 20 });
        await pause(ms, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
      await gate.pass(stopping.signal);
    },
    postReceiveMessageCallback: async () => {
      pollErrors = 0;
      events.polled();
    },
  });
  const failed = (error: Error): void => {
    if (stopping.signal.aborted) return;
    pollErrors += 1;
    events.pollFailed(error);
  };
  consumer.on('error', failed);
  consumer.on('processing_error', failed);
  consumer.on('timeout_error', failed);
  consumer.on('empty', resize);

  let heartbeat: ReturnType<typeof startHeartbeat> | undefined;
  let drained: Promise<void> | undefined;

  const drain = async (deadlineMs: number): Promise<void> => {
    stopping.abort();
    consumer.stop({ abort: true });
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
      lastAttemptMs = performance.now();
      heartbeat = startHeartbeat(clients.settle, queueUrl, visibilityTimeoutSeconds, inFlight.entries, {
        extended: (result, { message }) => events.visibilityExtended(result, message),
        runningOut: (entry) => entry.interruption.abort(),
      });
      consumer.start();
    },
    drain(deadlineMs) {
      drained ??= drain(deadlineMs);
      return drained;
    },
    hurry: () => hurrying.abort(),
    // With every slot taken there is rightly no poll.
    isPolling: () => slots.free === 0 || performance.now() - lastAttemptMs < stillstandMs,
  };
}
