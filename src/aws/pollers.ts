import { setTimeout as pause } from 'node:timers/promises';
import { ReceiveMessageCommand, type SQSClient, type Message as SqsMessage } from '@aws-sdk/client-sqs';
import { Consumer, type ConsumerOptions } from 'sqs-consumer';
import { retryable } from './aws-errors.ts';
import { backOffSeconds } from './back-off.ts';
import type { Gate } from './gate.ts';
import { messageAttributes, systemAttributes } from './received-message.ts';
import type { Reservation, Slots } from './slots.ts';
import { maximumBatch } from './visibility.ts';

export interface PollerOptions {
  readonly queueUrl: string;
  readonly concurrency: number;
  readonly visibilityTimeoutSeconds: number;
  readonly waitTimeSeconds: number;
}

export interface PollEvents {
  polled(): void;
  pollFailed(error: unknown): void;
}

export interface Pollers {
  start(): void;
  /** Aborts what is asked for. */
  stop(): void;
  readonly lastAttemptMs: () => number;
  /** Whether more messages wait than were asked for. */
  readonly hasBacklog: () => boolean;
}

const slotsPerPoller = 20;
const maximumPollers = 5;

/** An answer brings ten messages at most and takes a round trip, so one poller cannot keep many slots busy. */
export function pollersFor(concurrency: number): number {
  return Math.min(maximumPollers, Math.ceil(concurrency / slotsPerPoller));
}

/**
 * Receives messages by sqs-consumer, and only as many as there are free slots for. sqs-consumer waits for
 * its whole batch before it polls again, so `take` must only hand messages to slots (aws-facts 11). All
 * pollers but the first rest unless the last answer was full.
 */
export function createPollers(
  client: SQSClient,
  slots: Slots,
  gate: Gate,
  take: (messages: readonly SqsMessage[]) => void,
  events: PollEvents,
  options: PollerOptions,
): Pollers {
  const stopping = new AbortController();
  const backlog = createBacklog();
  let lastAttemptMs = performance.now();

  const createPoller = (isFirst: boolean): Consumer => {
    let reservation: Reservation | undefined;
    let pollErrors = 0;
    const asked = () => Math.min(reservation?.size ?? 1, gate.width);
    /** Only the first tries while the gate is all but shut. */
    const places = async (): Promise<Reservation> => {
      for (;;) {
        if (!isFirst) await backlog.large();
        const reserved = await slots.reserve(maximumBatch);
        if (isFirst || gate.width >= maximumBatch || stopping.signal.aborted) return reserved;
        reserved.release();
        backlog.end();
      }
    };
    const poller = Consumer.create({
      queueUrl: options.queueUrl,
      sqs: receiving(client, asked),
      waitTimeSeconds: options.waitTimeSeconds,
      visibilityTimeout: options.visibilityTimeoutSeconds,
      messageSystemAttributeNames: [...systemAttributes],
      messageAttributeNames: messageAttributes,
      shouldDeleteMessages: false,
      suppressFifoWarning: true,
      authenticationErrorTimeout: 1,
      handleMessageBatch: async (messages) => {
        reservation?.release();
        take(messages);
        backlog.seen(messages.length, asked());
        return undefined;
      },
      // sqs-consumer polls again at once after most errors; this is the pause.
      preReceiveMessageCallback: async () => {
        if (pollErrors > 0) {
          const ms = 1_000 * backOffSeconds(pollErrors, { baseSeconds: 1, maxSeconds: 20 });
          await pause(ms, undefined, { signal: stopping.signal }).catch(() => undefined);
        }
        reservation = await places();
        await gate.pass(stopping.signal);
        lastAttemptMs = performance.now();
      },
      postReceiveMessageCallback: async () => {
        pollErrors = 0;
        events.polled();
      },
    });
    const failed = (error: Error): void => {
      reservation?.release();
      if (stopping.signal.aborted) return;
      backlog.end();
      pollErrors += 1;
      // What sqs-consumer throws has a name of its own around that of AWS.
      events.pollFailed(retryable(error.cause ?? error, 'ReceiveMessage'));
    };
    poller.on('error', failed);
    poller.on('processing_error', failed);
    poller.on('timeout_error', failed);
    poller.on('empty', () => {
      reservation?.release();
      backlog.end();
    });
    return poller;
  };
  const pollers = Array.from({ length: pollersFor(options.concurrency) }, (_, index) =>
    createPoller(index === 0),
  );

  return {
    start() {
      lastAttemptMs = performance.now();
      for (const poller of pollers) poller.start();
    },
    stop() {
      stopping.abort();
      for (const poller of pollers) poller.stop({ abort: true });
      // They come to their aborted end.
      backlog.wake();
    },
    lastAttemptMs: () => lastAttemptMs,
    hasBacklog: () => backlog.isPresent(),
  };
}

/** Whether more messages wait, by what the last answer brought. */
function createBacklog() {
  let isPresent = false;
  let isLarge = false;
  const waiting: (() => void)[] = [];
  const wake = (): void => {
    for (const resolve of waiting.splice(0)) resolve();
  };
  return {
    isPresent: () => isPresent,
    /** More pollers for a few places each would only ask more often. */
    seen(received: number, asked: number): void {
      isPresent = received >= asked;
      isLarge = received >= maximumBatch;
      if (isLarge) wake();
    },
    end(): void {
      isPresent = false;
      isLarge = false;
    },
    wake,
    async large(): Promise<void> {
      if (!isLarge) await new Promise<void>((resolve) => waiting.push(resolve));
    },
  };
}

/** sqs-consumer fixes the number of messages before its callback runs, and so before places are reserved. */
function receiving(client: SQSClient, size: () => number): NonNullable<ConsumerOptions['sqs']> {
  const send = (command: ReceiveMessageCommand, options: { abortSignal?: AbortSignal }) =>
    client.send(new ReceiveMessageCommand({ ...command.input, MaxNumberOfMessages: size() }), options);
  return { send } as unknown as SQSClient;
}
