import { usageError } from './command-error.ts';
import { durationMs } from './duration.ts';
import { visible } from './terminal.ts';

const dayMs = 86_400_000;

/**
 * Converts the value of a flag to a moment: a duration before now (`7d`), a day (`2026-11-20`) or a time in UTC
 * (`2026-11-20T13:00Z`). Of a day, `edge` says whether its start or its end is meant.
 */
export function momentOf(flag: string, text: string, now: Date, edge: 'start' | 'end'): Date {
  if (/^[1-9]\d{0,5}[mhd]$/.test(text)) return new Date(now.getTime() - durationMs(flag, text));
  const isDay = /^\d{4}-\d\d-\d\d$/.test(text);
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?Z$/.test(text);
  const at = isDay || isTime ? new Date(text) : undefined;
  // JavaScript takes 2026-02-30 as a day of March.
  if (at === undefined || Number.isNaN(at.getTime()) || !at.toISOString().startsWith(text.slice(0, 10))) {
    throw usageError(
      `${flag} takes a time before now such as 7d or 12h, a day such as 2026-11-20, or 2026-11-20T13:00Z; not ${visible(text)}.`,
    );
  }
  return isDay && edge === 'end' ? new Date(at.getTime() + dayMs) : at;
}
