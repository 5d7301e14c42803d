import type { DeadLetterQueueName, LetterSummary } from './dead-letter.ts';

/** Which messages of the dead-letter queues are meant. All given conditions must hold; a list is any-of. */
export interface LetterFilter {
  readonly queues?: readonly DeadLetterQueueName[];
  readonly reasons?: readonly string[];
  readonly outcomes?: readonly string[];
  /** Ids of findings, or their beginnings. */
  readonly findings?: readonly string[];
  /** Ids of messages, or their beginnings. */
  readonly messages?: readonly string[];
}

export function fits(letter: LetterSummary, filter: LetterFilter): boolean {
  const begins = (id: string | undefined) => (beginning: string) => id?.startsWith(beginning) === true;
  return (
    filter.queues?.includes(letter.queue) !== false &&
    filter.reasons?.includes(letter.reason) !== false &&
    filter.outcomes?.includes(letter.outcome ?? '') !== false &&
    filter.findings?.some(begins(letter.findingId)) !== false &&
    filter.messages?.some(begins(letter.messageId)) !== false
  );
}
