import { type LetterSummary, summaryOf } from './dead-letter.ts';
import { type DeadLetterQueue, eachLetter } from './each-letter.ts';
import { fits, type LetterFilter } from './letter-filter.ts';

/** Looks at the messages of the queues that fit, and leaves them where they are. Bodies are not kept. */
export async function* findLetters(
  queues: readonly DeadLetterQueue[],
  filter: LetterFilter,
  signal: AbortSignal,
): AsyncGenerator<LetterSummary> {
  for (const queue of queues) {
    for await (const letter of eachLetter(queue, new Set(), { signal })) {
      const summary = summaryOf(letter);
      if (fits(summary, filter)) yield summary;
    }
  }
}
