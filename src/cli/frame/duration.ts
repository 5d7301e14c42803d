import { usageError } from './command-error.ts';
import { visible } from './terminal.ts';

const unitMs = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Converts `90m`, `2h` or `30d` to milliseconds. */
export function durationMs(flag: string, text: string): number {
  const [, amount, unit] = /^([1-9]\d{0,5})([mhd])$/.exec(text) ?? [];
  if (amount === undefined || unit === undefined) {
    throw usageError(`${flag} takes minutes, hours or days, such as 90m, 2h or 30d; not ${visible(text)}.`);
  }
  return Number(amount) * unitMs[unit as keyof typeof unitMs];
}
