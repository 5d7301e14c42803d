import { setTimeout as pause } from 'node:timers/promises';
import type { SQSClient, Message as SqsMessage } from '@aws-sdk/client-sqs';
import { Consumer } from 'sqs-consumer';
import type { Message, Settlement } from '../core/message.ts';
import { backOffSeconds } from './back-off.ts';
import { type ExtensionResult, startHeartbeat } from './heartbeat.ts';
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

export interface Queue {
  start(): void;
  /** Stops receiving, lets work end until the deadline, hands back the rest, sends all acknowledgements. */
  drain(deadlineMs: number): Promise<void>;
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
  handle: (message: Message) => Promise<Settlement>,
  events: QueueEvents,
  options: QueueOptions,
): Queue {
  const { queueUrl, visibilityTimeoutSeconds } = options;
  const { settle } = clients;
  const slots = createSlots(options.concurrency);
  const inFlight = new Map<string, Entry>();
  const settler = createSettler(settle, events, options);
  const stopping = new AbortController();
  let pollErrors = 0;
  let lastAttemptMs = Date.now();

  const work = async (entry: Entry): Promise<void> => {
    try {
      const settlement = await handle(entry.message);
      if (entry.abandoned) return;
      await settler.settle(entry, settlement);
    } catch (error) {
      if (!entry.abandoned) await settler.backOff(entry, error);
    } finally {
      inFlight.delete(entry.message.id);
      events.inFlightChanged(inFlight.size);
    }
  };

  const take = (received: SqsMessage): void => {
    const message = messageOf(received);
    const receiptHandle = received.ReceiptHandle ?? '';
    const entry = { message, receiptHandle, receivedAtMs: Date.now(), abandoned: false };
    if (stopping.signal.aborted) {
      void settler.handBack(entry);
      return;
    }
    events.messageReceived(message);
    const same = inFlight.get(message.id);
    if (same) {
      // It came again while in work here: the work goes on, and only the newest handle settles it.
      same.receiptHandle = receiptHandle;
      return;
    }
    inFlight.set(message.id, entry);
    events.inFlightChanged(inFlight.size);
    slots.run(() => work(entry));
  };

  const consumer = Consumer.create({
    queueUrl,
    sqs: clients.receive,
    batchSize: Math.min(10, options.concurrency),
    waitTimeSeconds: options.waitTimeSeconds,
    visibilityTimeout: visibilityTimeoutSeconds,
    messageSystemAttributeNames: ['ApproximateReceiveCount', 'SentTimestamp'],
    messageAttributeNames: ['Origin'],
    shouldDeleteMessages: false,
    suppressFifoWarning: true,
    authenticationErrorTimeout: 1,
    handleMessageBatch: async (messages) => {
      for (const message of messages) take(message);
      await slots.worthPolling();
      consumer.updateOption('batchSize', Math.min(10, slots.free));
      return undefined;
    },
    // sqs-consumer polls again at once after most errors; this is the pause.
    preReceiveMessageCallback: async () => {
      lastAttemptMs = Date.now();
      if (pollErrors === 0) return;
      const ms = 1_000 * backOffSeconds(pollErrors, { baseSeconds: 1, maxSeconds: 20 });
      await pause(ms, undefined, { signal: stopping.signal }).catch(() => undefined);
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

  let heartbeat: ReturnType<typeof startHeartbeat> | undefined;
  let drained: Promise<void> | undefined;

  const drain = async (deadlineMs: number): Promise<void> => {
    stopping.abort();
    consumer.stop({ abort: true });
    const patience = new AbortController();
    const outOfTime = pause(Math.max(0, deadlineMs - settleMs), undefined, { signal: patience.signal });
    await Promise.race([slots.idle(), outOfTime]);
    patience.abort();
    await outOfTime.catch(() => undefined);
    heartbeat?.stop();
    const unfinished = [...inFlight.values()];
    for (const entry of unfinished) entry.abandoned = true;
    await Promise.all(unfinished.map((entry) => settler.handBack(entry)));
    await settler.flush();
  };

  return {
    start() {
      lastAttemptMs = Date.now();
      heartbeat = startHeartbeat(
        settle,
        queueUrl,
        visibilityTimeoutSeconds,
        () => inFlight.values(),
        (result) => events.visibilityExtended(result),
      );
      consumer.start();
    },
    drain(deadlineMs) {
      drained ??= drain(deadlineMs);
      return drained;
    },
    // With every slot taken there is rightly no poll.
    isPolling: () => slots.free === 0 || Date.now() - lastAttemptMs < stillstandMs,
  };
}

function messageOf(received: SqsMessage): Message {
  const origin = received.MessageAttributes?.['Origin']?.StringValue;
  return {
    id: received.MessageId ?? 'unknown',
    body: received.Body ?? '',
    receiveCount: Number(received.Attributes?.ApproximateReceiveCount ?? 1),
    sentAt: new Date(Number(received.Attributes?.SentTimestamp ?? Date.now())),
    ...(origin !== undefined && { origin }),
  };
}
