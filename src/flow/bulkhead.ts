import type { CallHealth } from './call-health.ts';

/** The calls that a bulkhead is judged by. */
type Judged = Pick<CallHealth, 'trouble' | 'overdue' | 'waiting' | 'well' | 'forget'>;

/** One account, or one bucket, whose work is kept apart from that of others while its calls are in trouble. */
export interface Bulkhead<Health extends Judged = Judged> {
  readonly health: Health;
  inWork: number;
  lastUsedMs: number;
  /** Absent while the work is not slowed. */
  slowed: Slowed | undefined;
}

export interface Slowed {
  /** How many handlings may be in work. */
  limit: number;
  /** How long a message waits that finds no place. */
  retryInSeconds: number;
  changedMs: number;
}

const firstRetrySeconds = 5;
const longestRetrySeconds = 60;
/** The limit changes at most this often, so that a change shows its effect. */
const changeMs = 1_000;

export function createBulkhead<Health extends Judged>(health: Health, nowMs: number): Bulkhead<Health> {
  return { health, inWork: 0, lastUsedMs: nowMs, slowed: undefined };
}

/** Whether at least half of the ended calls failed, or half of the present ones hang; and not only a few of them. */
export function isInTrouble({ health }: Bulkhead, fewest: number): boolean {
  const { overdue, trouble, waiting, well } = health;
  const hang = overdue >= fewest && 2 * overdue >= waiting;
  return hang || (trouble >= fewest && trouble >= well);
}

export function slow(bulkhead: Bulkhead, lowest: number, nowMs: number): void {
  bulkhead.health.forget();
  bulkhead.slowed = { limit: lowest, retryInSeconds: firstRetrySeconds, changedMs: nowMs };
}

/**
 * Halves the limit while calls are in trouble, and doubles it while they go well. At half of the concurrency the
 * bulkhead is not slowed any more. Returns whether anything changed.
 */
export function adjust(bulkhead: Bulkhead, lowest: number, concurrency: number, nowMs: number): boolean {
  const { health, slowed } = bulkhead;
  if (slowed === undefined || nowMs - slowed.changedMs < changeMs) return false;
  const { overdue, trouble, well } = health;
  if (trouble + overdue > 0) {
    slowed.limit = Math.max(lowest, Math.floor(slowed.limit / 2));
    slowed.retryInSeconds = Math.min(longestRetrySeconds, slowed.retryInSeconds * 1.1);
  } else if (well > 0) {
    slowed.limit *= 2;
    if (slowed.limit >= concurrency / 2) bulkhead.slowed = undefined;
  } else {
    return false;
  }
  health.forget();
  slowed.changedMs = nowMs;
  return true;
}
