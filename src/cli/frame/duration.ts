import { usageError } from './command-error.ts';
import { visible } from './terminal.ts';

const unitMs = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A hundred years. Keys of records have years of four digits, which a longer duration may leave. */
export const maximumDays = 36_500;

/** Converts `90m`, `2h` or `30d` to milliseconds. */
export function durationMs(flag: string, text: string): number {
  const [, amount, unit] = /^([1-9]\d{0,5})([mhd])$/.exec(text) ?? [];
  if (amount === undefined || unit === undefined) {
    throw usageError(`${flag} takes minutes, hours or days, such as 90m, 2h or 30d; not ${visible(text)}.`);
  }
  const ms = Number(amount) * unitMs[unit as keyof typeof unitMs];
  if (ms > maximumDays * unitMs.d) throw usageError(`${flag} takes ${maximumDays}d at most; not ${text}.`);
  return ms;
}
