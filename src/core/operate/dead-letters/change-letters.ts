import type { LetterSummary } from './dead-letter.ts';
import { type DeadLetterQueue, eachLetter, type HeldLetter } from './each-letter.ts';

export interface LetterChange<Result> {
  /** Changes one message. `isGone`: it is deleted from its queue. */
  act(
    letter: HeldLetter,
    queue: DeadLetterQueue,
  ): Promise<{ readonly isGone: boolean; readonly result: Result }>;
  /** Called behind each message but the last, before the next messages are received. */
  pause(): Promise<void>;
  /** How many messages are received at once. A received message waits for its turn and is invisible to others. */
  readonly batch: number;
}

/**
 * Receives the chosen messages again and changes them one by one. The pass over a queue ends with its last
 * chosen message. A message that was not met any more has been taken by somebody else, or is invisible for the moment.
 */
export async function* changeLetters<Result>(
  queues: readonly DeadLetterQueue[],
  chosen: readonly LetterSummary[],
  { act, batch, pause }: LetterChange<Result>,
  signal: AbortSignal,
): AsyncGenerator<{ readonly letter: LetterSummary; readonly result: Result }> {
  let left = chosen.length;
  for (const queue of queues) {
    const wanted = new Map(
      chosen.filter((letter) => letter.queue === queue.name).map((letter) => [letter.messageId, letter]),
    );
    const gone = new Set<string>();
    if (wanted.size === 0) continue;
    for await (const held of eachLetter(queue, gone, { batch, signal })) {
      const letter = wanted.get(held.messageId);
      if (letter === undefined) continue;
      const { isGone, result } = await act(held, queue);
      if (isGone) gone.add(held.messageId);
      wanted.delete(held.messageId);
      left -= 1;
      yield { letter, result };
      if (wanted.size === 0 || signal.aborted) break;
      if (left > 0) await pause();
    }
  }
}
