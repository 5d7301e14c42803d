/** How many messages may be in work while S3 throttles: follows it down, and up again. */
export interface Pace {
  readonly width: number;
  /** Told of every answer of S3, those included that the SDK goes on to try again. */
  answered(throttled: boolean): void;
}

/** What was heard in a stretch of time. */
interface Look {
  readonly sinceMs: number;
  well: number;
  throttled: number;
}

/** Another width on trial, and what it was before. */
interface Trial {
  readonly width: number;
  readonly wellPerSecond: number;
  /** Until the calls from before have ended. */
  settling: boolean;
}

const lookMs = 1_000;
/** Fewer answers say nothing. */
const fewestAnswers = 20;
/** So small a share of throttled calls costs less than any waiting. */
const bearableShare = 0.01;
/** Of what went through before. Less, and a narrower width was no gain. */
const worthwhile = 0.85;
const wider = 1.15;
const pauseMs = 20_000;

/**
 * S3 answers 503 above a rate that it does not tell, and also where it has troubles of its own. Fewer
 * messages at once help only in the first case, so they are tried: where as much goes through as before,
 * it stays at that; where less does, the width goes back to what lets as much through. As long as some
 * calls are throttled a wider one is tried too, now and then, and kept where more goes through.
 */
export function createPace(
  widest: number,
  onChange: (width: number) => void,
  now: () => number = () => performance.now(),
): Pace {
  let width = widest;
  let look: Look = { sinceMs: now(), well: 0, throttled: 0 };
  let trial: Trial | undefined;
  let narrowAfterMs = 0;
  let widenAfterMs = 0;

  const set = (wanted: number): void => {
    const before = Math.round(width);
    width = Math.min(widest, Math.max(1, wanted));
    if (Math.round(width) !== before) onChange(Math.round(width));
  };
  const judge = (before: Trial, wellPerSecond: number): void => {
    const kept = wellPerSecond / before.wellPerSecond;
    if (width < before.width) {
      // Below what S3 allows, as much goes through as the width lets.
      set(width / Math.min(1, kept));
      if (kept < worthwhile) narrowAfterMs = now() + pauseMs;
    } else if (kept < (1 + width / before.width) / 2) {
      set(before.width);
      widenAfterMs = now() + pauseMs;
    }
  };
  const conclude = ({ well, throttled }: Look, seconds: number): void => {
    const wellPerSecond = well / seconds;
    if (trial?.settling) {
      trial.settling = false;
      return;
    }
    if (trial) {
      judge(trial, wellPerSecond);
      trial = undefined;
      return;
    }
    if (throttled === 0) return set(width * 1.02 + 0.25);
    const share = throttled / (well + throttled);
    const factor = factorToTry(share);
    if (factor === undefined || wellPerSecond === 0) return;
    trial = { width, wellPerSecond, settling: true };
    set(width * factor);
  };
  const factorToTry = (share: number): number | undefined => {
    if (share > bearableShare && width > 1 && now() >= narrowAfterMs) {
      return Math.max(0.5, Math.min(0.8, 1 - share));
    }
    return width < widest && now() >= widenAfterMs ? wider : undefined;
  };

  return {
    get width() {
      return Math.round(width);
    },
    answered(throttled) {
      if (throttled) look.throttled += 1;
      else look.well += 1;
      const elapsedMs = now() - look.sinceMs;
      if (elapsedMs < lookMs || look.well + look.throttled < fewestAnswers) return;
      const ended = look;
      look = { sinceMs: now(), well: 0, throttled: 0 };
      conclude(ended, elapsedMs / 1000);
    },
  };
}
