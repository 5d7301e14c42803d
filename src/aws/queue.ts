import { setTimeout as pause } from 'node:timers/promises';
import type { SQSClient, Message as SqsMessage } from '@aws-sdk/client-sqs';
import { Consumer } from 'sqs-consumer';
import { HandedBackError } from '../core/errors.ts';
import type { Message, Settlement } from '../core/message.ts';
import { backOffSeconds } from './back-off.ts';
import { type ExtensionResult, startHeartbeat } from './heartbeat.ts';
import { messageAttributes, receivedMessage, systemAttributes } from './received-message.ts';
import { createSettler, type Entry, type SettleEvents, type SettleOptions } from './settle.ts';
import { createSlots } from './slots.ts';

export interface QueueOptions extends SettleOptions {
  readonly concurrency: number;
  readonly visibilityTimeoutSeconds: number;
  readonly waitTimeSeconds: number;
}

/** What the queue tells of; must not throw. */
export interface QueueEvents extends SettleEvents {
  messageReceived(message: Message): void;
  inFlightChanged(count: number): void;
  polled(): void;
  pollFailed(error: unknown): void;
  visibilityExtended(result: ExtensionResult): void;
}

/** Whether messages may be received now. */
export interface Gate {
  /** Resolves when they may, or when the signal is aborted. */
  pass(signal: AbortSignal): Promise<void>;
  /** Whether this one may be worked on; else it is handed back. */
  admit(): boolean;
  /** How many may be received at once. */
  readonly width: number;
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

/** The end of the work on one message. Once the signal is aborted it stops where it can be gone on with. */
export type Handle = (message: Message, signal: AbortSignal) => Promise<Settlement>;

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
  const inFlight = new Map<string, Entry>();
  const stopping = new AbortController();
  const hurrying = new AbortController();
  const deadline = new AbortController();
  const settler = createSettler(clients.settle, events, options, deadline.signal);
  const handingBack = new Set<Promise<void>>();
  let pollErrors = 0;
  let lastAttemptMs = performance.now();

  const work = async (entry: Entry): Promise<void> => {
    try {
      const settlement = await handle(entry.message, entry.interruption.signal);
      if (entry.abandoned) return;
      await settler.settle(entry, settlement);
    } catch (error) {
      if (entry.abandoned) return;
      if (error instanceof HandedBackError) await settler.handBack([entry]);
      else await settler.backOff(entry, error);
    } finally {
      inFlight.delete(entry.message.id);
      events.inFlightChanged(inFlight.size);
    }
  };

  const take = (received: SqsMessage): void => {
    const message = receivedMessage(received);
    const receiptHandle = received.ReceiptHandle ?? '';
    const receivedAtMs = Date.now();
    const interruption = new AbortController();
    const entry: Entry = { message, receiptHandle, receivedAtMs, abandoned: false, interruption };
    const same = inFlight.get(message.id);
    if (same) {
      // It came again while in work here: the work goes on, and only the newest handle holds and settles it.
      events.messageReceived(message);
      Object.assign(same, { receiptHandle, receivedAtMs });
      return;
    }
    if (stopping.signal.aborted || !gate.admit()) {
      const handedBack = settler.handBack([entry]).finally(() => handingBack.delete(handedBack));
      handingBack.add(handedBack);
      return;
    }
    events.messageReceived(message);
    inFlight.set(message.id, entry);
    events.inFlightChanged(inFlight.size);
    slots.run(() => work(entry));
  };

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
      for (const message of messages) take(message);
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
    const unfinished = [...inFlight.values()];
    for (const entry of unfinished) {
      entry.abandoned = true;
      entry.interruption.abort();
    }
    await Promise.all([...handingBack, settler.handBack(unfinished), settler.flush()]);
    clearTimeout(timer);
  };

  return {
    start() {
      lastAttemptMs = performance.now();
      heartbeat = startHeartbeat(
        clients.settle,
        queueUrl,
        visibilityTimeoutSeconds,
        () => inFlight.values(),
        {
          extended: (result) => events.visibilityExtended(result),
          runningOut: (entry) => entry.interruption.abort(),
        },
      );
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
