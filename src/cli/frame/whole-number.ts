import { usageError } from './command-error.ts';
import { visible } from './terminal.ts';

/** A day. A timer of Node waits for 24 days at most, and fires at once for a longer time. */
export const maximumWaitSeconds = 86_400;

/** Reads the value of a flag that takes a whole number. */
export function wholeNumber(flag: string, text: string, least = 0, most?: number): number {
  if (!/^\d{1,9}$/.test(text) || Number(text) < least || (most !== undefined && Number(text) > most)) {
    const end = most === undefined ? 'on' : `to ${most}`;
    throw usageError(`${flag} takes a whole number from ${least} ${end}; not ${visible(text)}.`);
  }
  return Number(text);
}
