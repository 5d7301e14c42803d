import type { DeadLetterQueue, HeldLetter } from './each-letter.ts';

/** The change of a message is done but for its deletion: the message may still be in its dead-letter queue. `cause` says why. */
export class NotDeletedError extends Error {
  override readonly name = 'NotDeletedError';
}

/** Deletes a message, as the last step of its change. */
export async function deleteLetter(letter: HeldLetter, queue: DeadLetterQueue): Promise<void> {
  try {
    await queue.delete(letter);
  } catch (cause) {
    throw new NotDeletedError('the message was not deleted from its dead-letter queue', { cause });
  }
}
