import { RetryableError } from './errors.ts';

const codes =
  /^AnswerWithout|^(EndlessListing|ListingIncomplete|NoAnswer|NoMessageId|UnknownDepth|UnknownVersioning)$/;

/** Whether an adapter found that an answer lacks what AWS always says, as where a proxy answers in the place of AWS. */
export function isForeignAnswer(error: unknown): boolean {
  return error instanceof RetryableError && codes.test(error.code);
}
