import type { SQSClient, Message as SqsMessage } from '@aws-sdk/client-sqs';
import { Consumer } from 'sqs-consumer';
import type { Gate } from '../../flow/gate.ts';
import { passed } from '../../flow/passed.ts';
import type { Reservation, Slots } from '../../flow/slots.ts';
import { retryable } from '../sdk/aws-errors.ts';
import { createBacklog } from './backlog.ts';
import { createPollRest } from './poll-rest.ts';
import { messageAttributes, systemAttributes } from './received-message.ts';
import { createReceives } from './receives.ts';
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
  /** Starts no more receives. Receives in flight continue, and their messages are taken. */
  stop(): void;
  /** Resolves when no receive is in flight and all received messages are taken. */
  idle(): Promise<void>;
  /**
   * Aborts the receives in flight. Messages that SQS has already chosen for them stay invisible until the
   * visibility timeout.
   */
  abort(): void;
  readonly lastAttemptMs: () => number;
  /** Whether more messages wait than were requested. */
  readonly hasBacklog: () => boolean;
}

const slotsPerPoller = 20;
const maximumPollers = 5;

/** An answer has at most ten messages and takes a round trip, so one poller cannot keep many slots busy. */
export function pollersFor(concurrency: number): number {
  return Math.min(maximumPollers, Math.ceil(concurrency / slotsPerPoller));
}

/**
 * Receives messages with sqs-consumer, and only as many as there are free slots. sqs-consumer waits for its
 * whole batch before it polls again, so `take` must only give messages to slots (aws-facts 11). All pollers
 * but the first pause unless the last answer was full.
 */
export function createPollers(
  client: SQSClient,
  slots: Slots,
  gate: Gate,
  take: (messages: readonly SqsMessage[]) => void,
  events: PollEvents,
  options: PollerOptions,
): Pollers {
  const receives = createReceives(client);
  const { stopping } = receives;
  const backlog = createBacklog();
  let lastAttemptMs = performance.now();

  const createPoller = (isFirst: boolean): Consumer => {
    let reservation: Reservation | undefined;
    const rest = createPollRest(options.waitTimeSeconds);
    const asked = () => reservation?.size ?? 1;
    const reserveSlots = async (): Promise<Reservation> => {
      if (!isFirst) await backlog.large();
      return slots.reserve(maximumBatch);
    };
    const receiver = receives.forPoller(asked);
    const poller = Consumer.create({
      queueUrl: options.queueUrl,
      sqs: receiver.sqs,
      waitTimeSeconds: options.waitTimeSeconds,
      visibilityTimeout: options.visibilityTimeoutSeconds,
      messageSystemAttributeNames: [...systemAttributes],
      messageAttributeNames: messageAttributes,
      shouldDeleteMessages: false,
      suppressFifoWarning: true,
      authenticationErrorTimeout: 1,
      handleMessageBatch: async (messages) => {
        reservation?.cancel();
        rest.answered(messages.length, performance.now() - receiver.sentAtMs);
        take(messages);
        backlog.seen(messages.length, asked());
        return undefined;
      },
      preReceiveMessageCallback: async () => {
        if (rest.ms > 0) await passed(rest.ms, stopping);
        reservation = await reserveSlots();
        await gate.pass(stopping);
        lastAttemptMs = performance.now();
      },
      postReceiveMessageCallback: async () => {
        events.polled();
      },
    });
    const failed = (error: Error): void => {
      receiver.ended();
      reservation?.cancel();
      if (stopping.aborted) return;
      backlog.end();
      rest.failed();
      // The errors of sqs-consumer have a name of their own; the cause is the error of AWS.
      events.pollFailed(retryable(error.cause ?? error, 'ReceiveMessage'));
    };
    poller.on('error', failed);
    poller.on('processing_error', failed);
    poller.on('timeout_error', failed);
    poller.on('empty', () => {
      rest.answered(0, performance.now() - receiver.sentAtMs);
      receiver.ended();
      reservation?.cancel();
      backlog.end();
    });
    poller.on('response_processed', () => receiver.ended());
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
      receives.stop();
      for (const poller of pollers) poller.stop();
      backlog.wake();
    },
    idle: () => receives.idle(),
    abort: () => receives.abort(),
    lastAttemptMs: () => lastAttemptMs,
    hasBacklog: () => backlog.isPresent(),
  };
}
