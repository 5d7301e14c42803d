import { SlowedError } from './bulkheads.ts';

export interface BackOffSettings {
  readonly baseSeconds: number;
  readonly maxSeconds: number;
}

/**
 * Returns the seconds until a failed message is delivered again. The time doubles with each receive. Its
 * upper half is random, so that messages that failed together do not come back together.
 */
export function backOffSeconds(
  receiveCount: number,
  settings: BackOffSettings,
  random = Math.random,
): number {
  const full = Math.min(settings.maxSeconds, settings.baseSeconds * 2 ** Math.min(receiveCount - 1, 40));
  return Math.max(1, Math.round(full / 2 + (full / 2) * random()));
}

/** A message of a slowed account or bucket waits as long as its place says, if that is longer. */
export function retrySeconds(error: unknown, seconds: number, random = Math.random): number {
  if (!(error instanceof SlowedError)) return seconds;
  return Math.max(seconds, Math.round(error.retryInSeconds * (0.5 + random() / 2)));
}
