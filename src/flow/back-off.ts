export interface BackOffSettings {
  readonly baseSeconds: number;
  readonly maxSeconds: number;
}

/**
 * Seconds until a message that failed is tried again: doubling with each receive, the upper half of it by
 * chance, so that messages which failed together do not come back together.
 */
export function backOffSeconds(
  receiveCount: number,
  settings: BackOffSettings,
  random = Math.random,
): number {
  const full = Math.min(settings.maxSeconds, settings.baseSeconds * 2 ** Math.min(receiveCount - 1, 40));
  return Math.max(1, Math.round(full / 2 + (full / 2) * random()));
}
