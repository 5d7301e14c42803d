/** How many messages may be in work while S3 throttles: follows it down, and up again. */
export interface Pace {
  readonly width: number;
  /** Told of every answer of S3, those included that the SDK goes on to try again. */
  answered(throttled: boolean): void;
}

export interface PaceOptions {
  /** Whether more would be in work if more might be. Else no other width can show what it is good for. */
  readonly isLimiting: () => boolean;
  readonly onChange: (width: number) => void;
  /** In milliseconds. */
  readonly now?: () => number;
}

/** What was heard in a stretch of time. */
interface Stretch {
  readonly sinceMs: number;
  well: number;
  throttled: number;
}

/** Another width on trial, and what it was before. */
interface Trial {
  readonly widthBefore: number;
  readonly wellPerSecondBefore: number;
  /** Until the calls from before have ended. */
  settling: boolean;
}

const stretchMs = 1_000;
/** Fewer answers say nothing. */
const fewestAnswers = 20;
/** So small a share of throttled calls costs less than any waiting. */
const bearableShare = 0.01;
/** Of what went through before. Less, and a narrower width was no gain. */
const worthwhile = 0.85;
/** How far a trial goes: narrower by the share of throttled calls, within these. */
const narrowest = 0.5;
const narrower = 0.8;
const wider = 1.15;
const pauseMs = 20_000;
/** With every second in which nothing is throttled. */
const growth = { factor: 1.02, more: 0.25 };

/**
 * S3 answers 503 above a rate that it does not tell, and also where it has troubles of its own. Fewer
 * messages at once help only in the first case, so they are tried: where as much goes through as before,
 * it stays at that; where less does, the width goes back to what lets as much through. As long as some
 * calls are throttled a wider one is tried too, now and then, and kept where more goes through.
 */
export function createPace(widest: number, options: PaceOptions): Pace {
  const { isLimiting, onChange, now = () => performance.now() } = options;
  /** Grows by fractions. */
  let exact = widest;
  let stretch: Stretch = { sinceMs: now(), well: 0, throttled: 0 };
  let trial: Trial | undefined;
  let narrowAfterMs = 0;
  let widenAfterMs = 0;
  const width = () => Math.round(exact);

  const setWidth = (wanted: number): void => {
    const before = width();
    exact = Math.min(widest, Math.max(1, wanted));
    if (width() !== before) onChange(width());
  };
  const judge = ({ widthBefore, wellPerSecondBefore }: Trial, wellPerSecond: number): void => {
    const kept = wellPerSecond / wellPerSecondBefore;
    if (width() < widthBefore) {
      // Below what S3 allows, as much goes through as the width lets.
      setWidth(Math.min(widthBefore, width() / Math.min(1, kept)));
      if (kept < worthwhile) narrowAfterMs = now() + pauseMs;
    } else if (kept < (1 + width() / widthBefore) / 2) {
      setWidth(widthBefore);
      widenAfterMs = now() + pauseMs;
    }
  };
  const widthToTry = (share: number): number | undefined => {
    if (share > bearableShare && width() > 1 && now() >= narrowAfterMs) {
      return Math.min(width() - 1, width() * Math.max(narrowest, Math.min(narrower, 1 - share)));
    }
    if (width() === widest || now() < widenAfterMs) return undefined;
    return Math.max(width() + 1, width() * wider);
  };
  const conclude = ({ well, throttled }: Stretch, seconds: number): void => {
    const wellPerSecond = well / seconds;
    if (trial && !isLimiting()) {
      setWidth(trial.widthBefore);
      trial = undefined;
    } else if (trial?.settling) {
      trial.settling = false;
    } else if (trial) {
      judge(trial, wellPerSecond);
      trial = undefined;
    } else if (throttled === 0) {
      setWidth(exact * growth.factor + growth.more);
    } else if (well > 0 && isLimiting()) {
      const wanted = widthToTry(throttled / (well + throttled));
      if (wanted === undefined) return;
      trial = { widthBefore: width(), wellPerSecondBefore: wellPerSecond, settling: true };
      setWidth(wanted);
    }
  };

  return {
    get width() {
      return width();
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
