import { usageError } from './command-error.ts';
import { visible } from './terminal.ts';

/** Reads the value of a flag that takes a whole number. */
export function wholeNumber(flag: string, text: string, least = 0): number {
  if (!/^\d{1,9}$/.test(text) || Number(text) < least) {
    throw usageError(`${flag} takes a whole number from ${least} on; not ${visible(text)}.`);
  }
  return Number(text);
}
