import {
  type BatchResultErrorEntry,
  ChangeMessageVisibilityBatchCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { unlessAborted } from '../../flow/unless-aborted.ts';

/** A message that SQS hides from others. */
export interface InvisibleMessage {
  /** Of the newest receive: each brings another, and only that one counts. */
  readonly receiptHandle: string;
  readonly receivedAtMs: number;
  /** The receipt handle that SQS no longer takes, if there is one: not believed any more, whatever is answered to it. */
  lostReceiptHandle?: string;
}

/** Whether another receive may have the message by now. */
export function isLost({ receiptHandle, lostReceiptHandle }: InvisibleMessage): boolean {
  return receiptHandle === lostReceiptHandle;
}

/** As many messages as SQS gives, takes or changes in one call. */
export const maximumBatch = 10;
/** SQS hides a message for 12 hours from its receive at most, and refuses what goes past that (aws-facts 4). */
const longestInvisibleMs = 12 * 60 * 60 * 1000;
/** SQS counts from a moment before ours. */
const marginSeconds = 5;

/** For how long the message can still be hidden. */
export function extendableSeconds({ receivedAtMs }: Pick<InvisibleMessage, 'receivedAtMs'>): number {
  const leftMs = receivedAtMs + longestInvisibleMs - Date.now();
  return Math.max(0, Math.floor(leftMs / 1000) - marginSeconds);
}

/** One message whose visibility could not be changed. */
interface Unchanged<Held> {
  readonly message: Held;
  readonly code: string;
  /** The handle is no longer good: another receive has a newer one, or the message is gone. */
  readonly lost: boolean;
}

/** Hides at most ten messages for so long from now, or as long as SQS still allows. Answers those that it did not. */
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
  /** The receipt handle is no longer good: another receive has a newer one, or the message is gone. */
  | { readonly kind: 'lost'; readonly code: string }
  | { readonly kind: 'failed'; readonly code: string };

interface BatchAnswer {
  readonly Successful?: readonly { readonly Id?: string | undefined }[] | undefined;
  readonly Failed?: readonly BatchResultErrorEntry[] | undefined;
}

/** What a batch's answer says of each entry, by its index. Only what the answer names as done is believed to be. */
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

/** SQS's limit for a batch. */
export function inBatches<Item>(items: readonly Item[], size = maximumBatch): readonly (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
