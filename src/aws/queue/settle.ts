import type { SQSClient } from '@aws-sdk/client-sqs';
import { RetryableError } from '../../core/errors.ts';
import type { Message, Settlement } from '../../core/message.ts';
import { settle } from '../../core/settle.ts';
import { type BackOffSettings, backOffSeconds, retrySeconds } from '../../flow/back-off.ts';
import { createAcknowledger } from './acknowledger.ts';
import { type KeepBody, park } from './park.ts';
import { changeVisibility, inBatches, isLost } from './visibility.ts';

/** A message in work. */
export interface MessageInWork {
  /** The message of the newest receive, whose receipt handle settles it. */
  message: Message;
  receiptHandle: string;
  receivedAtMs: number;
  lostReceiptHandle?: string;
  /**
   * The message was handed back. Another worker may have it now, so the result of this work settles nothing
   * any more.
   */
  isHandedBack: boolean;
  /** Stops the work at a point from which it can be resumed. */
  readonly interruption: AbortController;
}

export interface SettleOptions {
  readonly queueUrl: string;
  /** If absent, parking is left to the redrive policy of the queue. */
  readonly deadLetterQueueUrl: string | undefined;
  readonly backOff: BackOffSettings;
  readonly keepBody: KeepBody;
}

export interface SettleEvents {
  handlingFailed(message: Message, error: unknown, retryInSeconds: number): void;
  /**
   * `lost`: SQS no longer accepts the receipt handle. The settlement may not have happened, and the message
   * may be delivered again.
   */
  settled(how: 'delete' | 'park' | 'back-off' | 'hand-back' | 'lost', message: Message): void;
  settlingFailed(how: string, message: Message, error: unknown): void;
}

/** The four ways in which a message is settled. */
export interface Settler {
  /** Deletes the message, in batches, and parks it first if that is due. Throws if the message could not be parked. */
  settle(inWork: MessageInWork, settlement: Settlement, parked?: () => void): Promise<void>;
  /** Lets the message become visible again, later with each receive. */
  backOff(inWork: MessageInWork, error: unknown): Promise<void>;
  /** Lets the messages become visible again at once, for another worker. */
  handBack(messages: readonly MessageInWork[]): Promise<void>;
  /** Sends the acknowledgements that wait for their batch. */
  flush(): Promise<void>;
}

/** Once the signal is aborted, no answer of SQS is awaited. */
export function createSettler(
  client: SQSClient,
  events: SettleEvents,
  options: SettleOptions,
  signal: AbortSignal,
): Settler {
  const { queueUrl, deadLetterQueueUrl } = options;
  const acknowledger = createAcknowledger(client, queueUrl, signal);

  const acknowledge = (inWork: MessageInWork, how: 'delete' | 'park'): void => {
    const { message, receiptHandle } = inWork;
    acknowledger.add({
      receiptHandle,
      done(result) {
        if (result instanceof Error) events.settlingFailed(how, message, result);
        // SQS answers a delete with an old receipt handle like any other delete, but deletes nothing.
        else events.settled(result === 'lost' || isLost(inWork) ? 'lost' : how, message);
      },
    });
  };

  /** Takes at most ten messages. If the call fails, the messages become visible when their visibility timeout ends. */
  const setVisibility = async (
    messages: readonly MessageInWork[],
    seconds: number,
    how: 'back-off' | 'hand-back',
  ): Promise<void> => {
    try {
      const unchanged = await changeVisibility(client, queueUrl, messages, seconds, signal);
      const failures = new Map(unchanged.map((failure) => [failure.message, failure]));
      for (const inWork of messages) {
        const failure = failures.get(inWork);
        if (failure === undefined) events.settled(how, inWork.message);
        else if (failure.lost) events.settled('lost', inWork.message);
        else events.settlingFailed(how, inWork.message, new RetryableError(failure.code, 'not changed'));
      }
    } catch (error) {
      for (const { message } of messages) events.settlingFailed(how, message, error);
    }
  };

  return {
    async settle(inWork, settlement, parked) {
      if (settlement.by === 'park' && deadLetterQueueUrl === undefined) {
        // The message is delivered again until the redrive policy moves it.
        parked?.();
        return setVisibility([inWork], options.backOff.maxSeconds, 'back-off');
      }
      await settle(settlement, {
        async park(parking) {
          await park(client, deadLetterQueueUrl ?? '', inWork.message, parking, options.keepBody);
          parked?.();
        },
        acknowledge(how) {
          if (!inWork.isHandedBack) acknowledge(inWork, how);
        },
      });
    },
    async backOff(inWork, error) {
      const seconds = retrySeconds(error, backOffSeconds(inWork.message.receiveCount, options.backOff));
      events.handlingFailed(inWork.message, error, seconds);
      await setVisibility([inWork], seconds, 'back-off');
    },
    async handBack(messages) {
      await Promise.all(inBatches(messages).map((batch) => setVisibility(batch, 0, 'hand-back')));
    },
    flush: () => acknowledger.flush(),
  };
}
