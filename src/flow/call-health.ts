/** How a call ended. `none` says nothing: the caller did not want the answer any more. */
export type CallEnd = 'well' | 'trouble' | 'none';

/** The calls to one account or bucket: how many went well, and how many are in trouble. */
export interface CallHealth {
  /** `mayBeLong`: the time of the call says nothing, as for a copy. Returns what must be called at the end. */
  begin(mayBeLong: boolean): (end: CallEnd) => void;
  /** Ended calls of the last ten seconds that failed or were slow. */
  readonly trouble: number;
  /** Calls that wait for their answer too long. */
  readonly overdue: number;
  readonly well: number;
  /** Calls that wait for their answer, without copies. */
  readonly waiting: number;
  /** Calls that have not ended. */
  readonly pending: number;
  /** Forgets the ended calls. */
  forget(): void;
}

/** A call that is no copy and takes longer is in trouble: S3 answers within a tenth of a second. */
const slowMs = 1_000;
const halfWindowMs = 5_000;

interface Counts {
  well: number;
  trouble: number;
}

export function createCallHealth(now: () => number): CallHealth {
  /** Since when calls wait, the earliest first. */
  const waiting = new Set<{ readonly sinceMs: number }>();
  let pending = 0;
  let sinceMs = now();
  let current: Counts = { well: 0, trouble: 0 };
  let earlier: Counts = { well: 0, trouble: 0 };

  const turn = (): void => {
    const elapsedMs = now() - sinceMs;
    if (elapsedMs < halfWindowMs) return;
    earlier = elapsedMs < 2 * halfWindowMs ? current : { well: 0, trouble: 0 };
    current = { well: 0, trouble: 0 };
    sinceMs = now();
  };
  const overdue = (): number => {
    let count = 0;
    for (const call of waiting) {
      if (now() - call.sinceMs < slowMs) break;
      count += 1;
    }
    return count;
  };

  return {
    begin(mayBeLong) {
      const call = { sinceMs: now() };
      if (!mayBeLong) waiting.add(call);
      pending += 1;
      return (end) => {
        pending -= 1;
        waiting.delete(call);
        turn();
        if (end === 'none') return;
        const isSlow = !mayBeLong && now() - call.sinceMs >= slowMs;
        current[isSlow ? 'trouble' : end] += 1;
      };
    },
    get trouble() {
      turn();
      return current.trouble + earlier.trouble;
    },
    get overdue() {
      return overdue();
    },
    get well() {
      turn();
      return current.well + earlier.well;
    },
    get waiting() {
      return waiting.size;
    },
    get pending() {
      return pending;
    },
    forget() {
      current = { well: 0, trouble: 0 };
      earlier = { well: 0, trouble: 0 };
      sinceMs = now();
    },
  };
}
