/** How many messages may be in work now. The limit falls while S3 throttles, and rises again afterwards. */
export interface Pace {
  readonly limit: number;
  /** Called for every answer of S3, including those after which the SDK retries. */
  answered(throttled: boolean): void;
}

export interface PaceOptions {
  /** Whether more messages would be in work with a higher limit. Otherwise a trial of another limit shows nothing. */
  readonly isLimiting: () => boolean;
  readonly onChange: (limit: number) => void;
  /** In milliseconds. */
  readonly now?: () => number;
}

/** The answers of S3 in a period. */
interface Stretch {
  readonly sinceMs: number;
  well: number;
  throttled: number;
}

/** A limit on trial, and the limit before it. */
interface Trial {
  readonly limitBefore: number;
  readonly wellPerSecondBefore: number;
  /** Until the calls from before the trial have ended. */
  isWarmingUp: boolean;
}

const stretchMs = 1_000;
/** Fewer answers do not allow a judgement. */
const fewestAnswers = 20;
/** A smaller share of throttled calls costs less than any waiting. */
const bearableShare = 0.01;
/** The share of the earlier rate that a lower limit must keep. */
const worthwhile = 0.85;
/** The bounds of a trial: the limit is lowered by the share of throttled calls, within these factors. */
const lowestFactor = 0.5;
const lowerFactor = 0.8;
const higherFactor = 1.15;
const pauseMs = 20_000;
/** The growth of the limit in every second without a throttled call. */
const growth = { factor: 1.02, more: 0.25 };

/**
 * S3 answers 503 above a rate that it does not reveal, and also when it has problems of its own. A lower
 * limit helps only in the first case, so it is tried: if as many calls succeed as before, the lower limit
 * stays; if fewer succeed, the limit rises to the value that lets as many succeed. While some calls are
 * throttled, a higher limit is also tried now and then, and kept if more calls succeed.
 */
export function createPace(highest: number, options: PaceOptions): Pace {
  const { isLimiting, onChange, now = () => performance.now() } = options;
  /** Grows by fractions. */
  let exact = highest;
  let stretch: Stretch = { sinceMs: now(), well: 0, throttled: 0 };
  let trial: Trial | undefined;
  let lowerAfterMs = 0;
  let raiseAfterMs = 0;
  const limit = () => Math.round(exact);

  const setLimit = (wanted: number): void => {
    const before = limit();
    exact = Math.min(highest, Math.max(1, wanted));
    if (limit() !== before) onChange(limit());
  };
  const judge = ({ limitBefore, wellPerSecondBefore }: Trial, wellPerSecond: number): void => {
    const kept = wellPerSecond / wellPerSecondBefore;
    if (limit() < limitBefore) {
      // Below the rate that S3 allows, the number of successful calls is proportional to the limit.
      setLimit(Math.min(limitBefore, limit() / Math.min(1, kept)));
      if (kept < worthwhile) lowerAfterMs = now() + pauseMs;
    } else if (kept < (1 + limit() / limitBefore) / 2) {
      setLimit(limitBefore);
      raiseAfterMs = now() + pauseMs;
    }
  };
  const limitToTry = (share: number): number | undefined => {
    if (share > bearableShare && limit() > 1 && now() >= lowerAfterMs) {
      return Math.min(limit() - 1, limit() * Math.max(lowestFactor, Math.min(lowerFactor, 1 - share)));
    }
    if (limit() === highest || now() < raiseAfterMs) return undefined;
    return Math.max(limit() + 1, limit() * higherFactor);
  };
  const conclude = ({ well, throttled }: Stretch, seconds: number): void => {
    const wellPerSecond = well / seconds;
    if (trial && !isLimiting()) {
      setLimit(trial.limitBefore);
      trial = undefined;
    } else if (trial?.isWarmingUp) {
      trial.isWarmingUp = false;
    } else if (trial) {
      judge(trial, wellPerSecond);
      trial = undefined;
    } else if (throttled === 0) {
      setLimit(exact * growth.factor + growth.more);
    } else if (well > 0 && isLimiting()) {
      const wanted = limitToTry(throttled / (well + throttled));
      if (wanted === undefined) return;
      trial = { limitBefore: limit(), wellPerSecondBefore: wellPerSecond, isWarmingUp: true };
      setLimit(wanted);
    }
  };

  return {
    get limit() {
      return limit();
    },
    answered(throttled) {
      if (throttled) stretch.throttled += 1;
      else stretch.well += 1;
      const elapsedMs = now() - stretch.sinceMs;
      if (elapsedMs < stretchMs || stretch.well + stretch.throttled < fewestAnswers) return;
      const ended = stretch;
      stretch = { sinceMs: now(), well: 0, throttled: 0 };
      conclude(ended, elapsedMs / 1000);
    },
  };
}
