import * as z from 'zod';
import { RetryableError } from '../../errors.ts';
import { discardKey, sha256Hex } from '../../evidence/keys.ts';
import { jsonOf } from '../../json.ts';
import type { ControlObjects } from '../../valve/control-objects.ts';
import { summaryOf } from './dead-letter.ts';
import { deleteLetter } from './delete-letter.ts';
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
 * Deletes a message for good. Who, why and what is recorded first: a crash between the two leaves the message. The same
 * command then discards it with the record that is there, and another person's command has a record of its own.
 * Throws `NotDeletedError` if the record is there and the message was not deleted.
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
  const keys = [discardKey(messageId), discardKey(messageId, JSON.stringify([who, why]))];
  for (const key of keys) {
    if (await isRecorded(key, text, objects)) return await deleteLetter(letter, queue);
  }
  throw new RetryableError('NotRecorded', 'the record of the discarded message was not written');
}

const word = z.object({ who: z.string(), why: z.string() });

/** Writes the record. Returns whether it is there: an earlier run that was stopped may have written it. */
async function isRecorded(key: string, text: DiscardReason, objects: ControlObjects): Promise<boolean> {
  const answer = await objects.write(key, JSON.stringify(text), undefined);
  if (answer.kind === 'written') return true;
  const there = word.safeParse(jsonOf((await objects.read(key)).found?.text)).data;
  return there?.who === text.who && there.why === text.why;
}
