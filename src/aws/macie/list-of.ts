import { RetryableError } from '../../core/errors.ts';

/**
 * Returns the list of an answer. Macie gives an empty list where it knows nothing. An answer without a list comes from a
 * proxy, and says nothing about what Macie knows: throws `RetryableError`.
 */
export function listOf<Item>(list: readonly Item[] | undefined, call: string): readonly Item[] {
  if (list === undefined) throw new RetryableError('AnswerWithoutList', `the answer to ${call} has no list`);
  return list;
}
