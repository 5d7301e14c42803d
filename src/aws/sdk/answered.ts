import { RetryableError } from '../../core/errors.ts';

/**
 * Returns the list of an answer. AWS gives an empty list where it knows nothing. An answer without a list comes from a
 * proxy, and says nothing about what AWS knows: throws `RetryableError`.
 */
export function listOf<Item>(list: readonly Item[] | undefined, call: string): readonly Item[] {
  if (list === undefined) throw new RetryableError('AnswerWithoutList', `the answer to ${call} has no list`);
  return list;
}

/**
 * Returns a value that AWS gives in every answer to the call, such as the id of what it created. Throws `RetryableError` if
 * the value is absent or empty.
 */
export function valueOf<Value>(value: Value | undefined, call: string, what: string): Value {
  if (value !== undefined && value !== '') return value;
  throw new RetryableError('AnswerWithoutValue', `the answer to ${call} has no ${what}`);
}
