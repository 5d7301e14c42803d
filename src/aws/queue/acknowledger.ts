import { setTimeout as pause } from 'node:timers/promises';
import { DeleteMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { RetryableError } from '../../core/errors.ts';
import { unlessAborted } from '../../flow/unless-aborted.ts';
import { batchResults, maximumBatch } from './visibility.ts';

export interface Acknowledgement {
  readonly receiptHandle: string;
  /** Called once. With `lost` or an error the message may not be deleted, and so may be delivered again. */
  readonly done: (result: 'deleted' | 'lost' | Error) => void;
}

export interface Acknowledger {
  add(acknowledgement: Acknowledgement): void;
  /** Sends the waiting acknowledgements. Resolves when all are answered, or when the signal is aborted. */
  flush(): Promise<void>;
}

/** How long the first acknowledgement of a batch waits for others. */
const lingerMs = 100;
const attempts = 3;

/**
 * Deletes messages in batches of ten, which costs a third of single deletes (aws-facts 12). Once the signal
 * is aborted, no answer is awaited.
 */
export function createAcknowledger(client: SQSClient, queueUrl: string, signal: AbortSignal): Acknowledger {
  let waiting: Acknowledgement[] = [];
  let timer: NodeJS.Timeout | undefined;
  const sending = new Set<Promise<void>>();

  const send = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const batch = waiting.slice(0, maximumBatch);
    waiting = waiting.slice(maximumBatch);
    if (batch.length === 0) return;
    const sent = deleteBatch(client, queueUrl, batch, signal).finally(() => sending.delete(sent));
    sending.add(sent);
  };

  return {
    add(acknowledgement) {
      waiting.push(acknowledgement);
      if (waiting.length >= maximumBatch) send();
      else timer ??= setTimeout(send, lingerMs);
    },
    async flush() {
      while (waiting.length > 0) send();
      await Promise.all(sending);
    },
  };
}

async function deleteBatch(
  client: SQSClient,
  queueUrl: string,
  batch: readonly Acknowledgement[],
  signal: AbortSignal,
): Promise<void> {
  let remaining = batch;
  let lastError: Error = new RetryableError('NotDeleted', 'not deleted');
  for (let attempt = 1; remaining.length > 0 && attempt <= attempts && !signal.aborted; attempt += 1) {
    try {
      if (attempt > 1) await pause(100 * attempt, undefined, { signal });
      const Entries = remaining.map(({ receiptHandle }, index) => ({
        Id: String(index),
        ReceiptHandle: receiptHandle,
      }));
      const command = new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries });
      const results = batchResults(
        await unlessAborted(signal, client.send(command, { abortSignal: signal })),
      );
      const again: Acknowledgement[] = [];
      for (const [index, acknowledgement] of remaining.entries()) {
        const result = results(index);
        if (result.kind === 'done') acknowledgement.done('deleted');
        else if (result.kind === 'lost') acknowledgement.done('lost');
        else {
          lastError = new RetryableError(result.code, 'not deleted');
          again.push(acknowledgement);
        }
      }
      remaining = again;
    } catch (error) {
      if (error instanceof Error) lastError = error;
    }
  }
  for (const { done } of remaining) done(lastError);
}
