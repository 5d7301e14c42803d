import {
  type BatchResultErrorEntry,
  ChangeMessageVisibilityBatchCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { unlessAborted } from '../../flow/unless-aborted.ts';

/** A message that SQS shows to no other receive. */
export interface InvisibleMessage {
  /** The receipt handle of the newest receive. Each receive gives a new one, and only the newest is valid. */
  readonly receiptHandle: string;
  readonly receivedAtMs: number;
  /** The receipt handle that SQS no longer accepts, if there is one. Later answers to it are not believed. */
  lostReceiptHandle?: string;
  /** An extension whose answer has not come. It never rejects. */
  extension?: Promise<void>;
  /** The message is to become visible, so nothing may extend its timeout any more. */
  isEnding?: boolean;
}

/** Whether another receive may have the message by now. */
export function isLost({ receiptHandle, lostReceiptHandle }: InvisibleMessage): boolean {
  return receiptHandle === lostReceiptHandle;
}

/** The number of messages that SQS gives, accepts or changes in one call at most. */
export const maximumBatch = 10;
/** A message can be invisible for at most 12 hours from its receive. SQS refuses a longer timeout (aws-facts 4). */
const longestInvisibleMs = 12 * 60 * 60 * 1000;
/** SQS starts to count a moment before the worker does. */
const marginSeconds = 5;

/** Returns how long the message can still stay invisible. */
export function extendableSeconds({ receivedAtMs }: Pick<InvisibleMessage, 'receivedAtMs'>): number {
  const leftMs = receivedAtMs + longestInvisibleMs - Date.now();
  return Math.max(0, Math.floor(leftMs / 1000) - marginSeconds);
}

/** A message whose visibility timeout could not be changed. */
interface Unchanged<Held> {
  readonly message: Held;
  readonly code: string;
  /** The receipt handle is no longer valid: another receive has a newer one, or the message is gone. */
  readonly lost: boolean;
}

/**
 * Sets the visibility timeout of at most ten messages, or the longest timeout that SQS still allows. Returns
 * the messages for which that failed.
 */
export async function changeVisibility<Held extends InvisibleMessage>(
  client: SQSClient,
  queueUrl: string,
  messages: readonly Held[],
  seconds: number,
  signal: AbortSignal,
): Promise<readonly Unchanged<Held>[]> {
  const command = new ChangeMessageVisibilityBatchCommand({
    QueueUrl: queueUrl,
    Entries: messages.map((message, index) => ({
      Id: String(index),
      ReceiptHandle: message.receiptHandle,
      VisibilityTimeout: Math.min(seconds, extendableSeconds(message)),
    })),
  });
  const answer = await unlessAborted(signal, client.send(command, { abortSignal: signal }));
  const entries = batchResults(answer);
  return messages.flatMap((message, index) => {
    const result = entries(index);
    return result.kind === 'done' ? [] : [{ message, code: result.code, lost: result.kind === 'lost' }];
  });
}

type BatchResult =
  | { readonly kind: 'done' }
  /** The receipt handle is no longer valid: another receive has a newer one, or the message is gone. */
  | { readonly kind: 'lost'; readonly code: string }
  | { readonly kind: 'failed'; readonly code: string };

interface BatchAnswer {
  readonly Successful?: readonly { readonly Id?: string | undefined }[] | undefined;
  readonly Failed?: readonly BatchResultErrorEntry[] | undefined;
}

/**
 * Returns the result of each entry of a batch by its index. An entry that the answer does not name as done
 * has failed.
 */
export function batchResults({ Successful = [], Failed = [] }: BatchAnswer): (index: number) => BatchResult {
  const done = new Set(Successful.map(({ Id }) => Number(Id)));
  const failed = new Map(Failed.map((failure) => [Number(failure.Id), failure]));
  return (index) => {
    const failure = failed.get(index);
    if (failure === undefined)
      return done.has(index) ? { kind: 'done' } : { kind: 'failed', code: 'NoAnswer' };
    return { kind: failure.SenderFault === true ? 'lost' : 'failed', code: failure.Code ?? 'Unknown' };
  };
}

/** Splits items into batches of SQS's limit. */
export function inBatches<Item>(items: readonly Item[], size = maximumBatch): readonly (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
