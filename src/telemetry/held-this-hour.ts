import { type HeldReason, outcomeReasons } from '../core/outcome.ts';

export interface HeldThisHour {
  held(why: HeldReason): void;
  /** How many findings were held in the present hour, by reason. A reason without one counts 0. */
  counts(): ReadonlyMap<HeldReason, number>;
}

/** Limits are counted by the hour in UTC, and so are the findings that they hold. */
export function createHeldThisHour(now: () => Date): HeldThisHour {
  let hour = '';
  const counts = new Map<HeldReason, number>();
  const turn = (): void => {
    const present = now().toISOString().slice(0, 13);
    if (present === hour) return;
    hour = present;
    for (const why of outcomeReasons.held) counts.set(why, 0);
  };
  return {
    held(why) {
      turn();
      counts.set(why, (counts.get(why) ?? 0) + 1);
    },
    counts() {
      turn();
      return counts;
    },
  };
}
