import type { SQSClient } from '@aws-sdk/client-sqs';
import {
  changeVisibility,
  extendableSeconds,
  type InvisibleMessage,
  inBatches,
  isLost,
} from './visibility.ts';

export type ExtensionResult = 'extended' | 'failed' | 'lost';

export interface HeartbeatEvents<Held> {
  extended(result: ExtensionResult, message: Held): void;
  /**
   * SQS will soon make the message visible, whatever the worker does. Called at each beat until the work on
   * the message ends.
   */
  runningOut(message: Held): void;
}

export interface Heartbeat {
  stop(): void;
}

/** Beats are at most this far apart, so that the end of the 12 hours is not missed. */
const longestPauseMs = 5 * 60_000;
/** The time before that end in which a copy stops and the message is handed back. */
const runningOutSeconds = 10 * 60;

/**
 * One timer extends the visibility timeout of all messages in work, at least three times in each timeout. No
 * call outlasts its beat, so a stalled call delays neither other messages nor the next beat.
 */
export function startHeartbeat<Held extends InvisibleMessage>(
  client: SQSClient,
  queueUrl: string,
  visibilityTimeoutSeconds: number,
  inFlight: () => Iterable<Held>,
  events: HeartbeatEvents<Held>,
): Heartbeat {
  const everyMs = Math.min((visibilityTimeoutSeconds * 1000) / 3, longestPauseMs);

  const beat = (): void => {
    const messages = [...inFlight()];
    for (const message of messages) {
      if (extendableSeconds(message) < runningOutSeconds) events.runningOut(message);
    }
    // The work on a lost message continues, because the next delivery finds the finished part of it.
    const held = messages.filter((message) => !isLost(message));
    const extended = held.filter((message) => message.isEnding !== true && extendableSeconds(message) > 0);
    for (const batch of inBatches(extended)) {
      const extension = extend(batch);
      for (const message of batch) message.extension = extension;
    }
  };
  const extend = async (batch: readonly Held[]): Promise<void> => {
    const signal = AbortSignal.timeout(everyMs * 0.9);
    const receiptHandles = batch.map(({ receiptHandle }) => receiptHandle);
    try {
      const unchanged = await changeVisibility(client, queueUrl, batch, visibilityTimeoutSeconds, signal);
      for (const [index, message] of batch.entries()) {
        const failure = unchanged.find((each) => each.message === message);
        if (failure?.lost === true) message.lostReceiptHandle = receiptHandles[index] ?? '';
        events.extended(failure ? (failure.lost ? 'lost' : 'failed') : 'extended', message);
      }
    } catch {
      for (const message of batch) events.extended('failed', message);
    }
  };

  const timer = setInterval(beat, everyMs);
  return { stop: () => clearInterval(timer) };
}
