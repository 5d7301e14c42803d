import { RetryableError } from '../../errors.ts';
import { discardKey, sha256Hex } from '../../evidence/keys.ts';
import type { ControlObjects } from '../../valve/control-objects.ts';
import { summaryOf } from './dead-letter.ts';
import type { DeadLetterQueue, HeldLetter } from './each-letter.ts';

export interface DiscardPorts {
  readonly objects: ControlObjects;
  readonly clock: () => Date;
}

/** The person who takes the responsibility, and the reason. */
export interface DiscardReason {
  readonly who: string;
  readonly why: string;
}

/**
 * Deletes a message for good. Who, why and what is recorded first: a crash between the two leaves the message, and
 * the same command discards it with the record that is there.
 */
export async function discardLetter(
  letter: HeldLetter,
  queue: DeadLetterQueue,
  { who, why }: DiscardReason,
  { clock, objects }: DiscardPorts,
): Promise<void> {
  const { attributes, findingId, messageId, outcome, reason, sentAt, sizeBytes } = summaryOf(letter);
  const text = {
    who,
    why,
    discarded_at: clock().toISOString(),
    queue: letter.queue,
    message_id: messageId,
    finding_id: findingId ?? null,
    outcome: outcome ?? null,
    reason,
    sent_at: sentAt.toISOString(),
    size_bytes: sizeBytes,
    body_sha256: sha256Hex(letter.body),
    attributes,
  };
  const key = discardKey(messageId);
  const answer = await objects.write(key, JSON.stringify(text), undefined);
  // An earlier run that was stopped may have written the record. Without a record nothing is deleted.
  if (answer.kind === 'conflict' && (await objects.read(key)).found === undefined) {
    throw new RetryableError('NotRecorded', 'the record of the discarded message was not written');
  }
  await queue.delete(letter);
}
