import { setTimeout as pause } from 'node:timers/promises';
import { usageError } from './command-error.ts';
import { visible } from './terminal.ts';

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** How fast a command sends. */
export interface Rate {
  readonly intervalMs: number;
  /** Resolves when the next message may be sent, or when the signal is aborted. */
  next(signal: AbortSignal): Promise<void>;
}

/** Converts `10/s`, `100/m` or `500/h` to a rate. The first message is sent at once. */
export function rateOf(text: string): Rate {
  const [, count, unit] = /^([1-9]\d{0,5})\/([smh])$/.exec(text) ?? [];
  if (count === undefined || unit === undefined) {
    throw usageError(
      `--rate takes messages per second, minute or hour, such as 10/s or 500/h; not ${visible(text)}.`,
    );
  }
  const intervalMs = unitMs[unit as keyof typeof unitMs] / Number(count);
  let nextAt = 0;
  return {
    intervalMs,
    async next(signal) {
      const now = performance.now();
      const waitMs = nextAt - now;
      nextAt = Math.max(nextAt, now) + intervalMs;
      if (waitMs > 0) await pause(waitMs, undefined, { signal }).catch(() => undefined);
    },
  };
}
