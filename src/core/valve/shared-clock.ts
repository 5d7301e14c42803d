/** S3's clock, which all workers share: the `Date` of the latest answer, carried on by a clock of this host. */
export interface SharedClock {
  now(): Date;
  /** Must be called with the `Date` of each answer. */
  heard(at: Date): void;
}

/** `elapsedMs` is a clock that only moves forward. Before the first answer the time is not known, and far in the past. */
export function createSharedClock(elapsedMs: () => number): SharedClock {
  let aheadMs = 0;
  return {
    now: () => new Date(elapsedMs() + aheadMs),
    heard(at) {
      aheadMs = at.getTime() - elapsedMs();
    },
  };
}
