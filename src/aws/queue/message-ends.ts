import type { SQSClient } from '@aws-sdk/client-sqs';
import { RetryableError } from '../../core/errors.ts';
import type { Message, Settlement } from '../../core/message.ts';
import { settle } from '../../core/settle.ts';
import { type BackOffSettings, backOffSeconds, retrySeconds } from '../../flow/back-off.ts';
import { unlessAborted } from '../../flow/unless-aborted.ts';
import { createAcknowledger } from './acknowledger.ts';
import type { MessageInWork } from './message-in-work.ts';
import { type KeepBody, type Parking, park } from './park.ts';
import { changeVisibility, inBatches, isLost } from './visibility.ts';

/** The four ends of a delivery. Until one of them, the heartbeat extends the visibility timeout of the message. */
export interface MessageEnds {
  /** The work is done: deletes the message, in a batch with others. */
  acknowledge(inWork: MessageInWork): void;
  /** A person must look: sends the message to the dead-letter queue, then deletes it. Throws if it could not be sent. */
  park(inWork: MessageInWork, parking: Parking, parked?: () => void): Promise<void>;
  /** The handling failed: the message becomes visible again later, with each receive after a longer time. */
  backOff(inWork: MessageInWork, error: unknown): Promise<void>;
  /** This worker will not end the work: the messages become visible again at once, for another worker. */
  handBack(messages: readonly MessageInWork[]): Promise<void>;
  /** Sends the acknowledgements that wait for their batch. */
  flush(): Promise<void>;
}

export interface EndOptions {
  readonly queueUrl: string;
  /** If absent, parking is left to the redrive policy of the queue. */
  readonly deadLetterQueueUrl: string | undefined;
  readonly backOff: BackOffSettings;
  readonly keepBody: KeepBody;
}

export interface EndEvents {
  handlingFailed(message: Message, error: unknown, retryInSeconds: number): void;
  /**
   * `lost`: SQS no longer accepts the receipt handle. The settlement may not have happened, and the message
   * may be delivered again.
   */
  settled(how: Settlement['by'] | 'back-off' | 'hand-back' | 'lost', message: Message): void;
  settlingFailed(how: string, message: Message, error: unknown): void;
}

/** An extension that takes longer has stalled, and would hold up the end of the message. */
const longestExtensionMs = 1_000;

/**
 * Awaits the extensions that are under way, and lets no other begin. An extension that came to SQS after the end would
 * keep the message invisible for a whole timeout.
 */
async function extensionsOf(messages: readonly MessageInWork[], signal: AbortSignal): Promise<void> {
  for (const inWork of messages) inWork.isEnding = true;
  const underWay = Promise.all(messages.flatMap(({ extension }) => extension ?? []));
  const limit = AbortSignal.any([signal, AbortSignal.timeout(longestExtensionMs)]);
  await unlessAborted(limit, underWay).catch(() => undefined);
}

/** Once the signal is aborted, no answer of SQS is awaited. */
export function createMessageEnds(
  client: SQSClient,
  events: EndEvents,
  options: EndOptions,
  signal: AbortSignal,
): MessageEnds {
  const { backOff, deadLetterQueueUrl, keepBody, queueUrl } = options;
  const acknowledger = createAcknowledger(client, queueUrl, signal);

  const acknowledge = (inWork: MessageInWork, how: Settlement['by']): void => {
    if (inWork.isHandedBack) return;
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
  const becomeVisible = async (
    messages: readonly MessageInWork[],
    seconds: number,
    how: 'back-off' | 'hand-back',
  ): Promise<void> => {
    try {
      await extensionsOf(messages, signal);
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
    acknowledge: (inWork) => acknowledge(inWork, 'delete'),
    async park(inWork, parking, parked) {
      if (deadLetterQueueUrl === undefined) {
        // The message is delivered again until the redrive policy moves it.
        parked?.();
        return becomeVisible([inWork], backOff.maxSeconds, 'back-off');
      }
      await settle(parking, {
        async park() {
          await park(client, deadLetterQueueUrl, inWork.message, parking, keepBody);
          parked?.();
        },
        acknowledge: (how) => acknowledge(inWork, how),
      });
    },
    async backOff(inWork, error) {
      const seconds = retrySeconds(error, backOffSeconds(inWork.message.receiveCount, backOff));
      events.handlingFailed(inWork.message, error, seconds);
      await becomeVisible([inWork], seconds, 'back-off');
    },
    async handBack(messages) {
      await Promise.all(inBatches(messages).map((batch) => becomeVisible(batch, 0, 'hand-back')));
    },
    flush: () => acknowledger.flush(),
  };
}
