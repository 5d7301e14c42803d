import { RetryableError } from '../core/errors.ts';
import { adjust, type Bulkhead, isInTrouble, slow } from './bulkhead.ts';
import type { CallEnd } from './call-health.ts';
import { type BucketBulkhead, createPlaces, type Place } from './places.ts';

export interface BulkheadEvents {
  /** `bucket` is absent if the whole account is meant. */
  slowed(accountId: string, bucket?: string): void;
  recovered(accountId: string, bucket?: string): void;
  /** `held` has changed. */
  changed(): void;
}

export interface Bulkheads {
  /** A call about this place begins. `mayBeLong` is a copy. Returns what must be called at its end. */
  called(place: Place, mayBeLong: boolean): (end: CallEnd) => void;
  /** Begins work at this place, and returns what ends it. Throws `SlowedError` if the place has no room now. */
  enter(place: Place): () => void;
  isSlowed(place: Place): boolean;
  /**
   * How many handlings are in work at slowed places. They take no slot from the others: this many slots are given
   * besides, up to the concurrency.
   */
  readonly held: number;
  /** How many accounts are slowed, in whole or in one of their buckets. */
  readonly slowedAccounts: number;
  stop(): void;
}

/** The message comes again: other messages of its account or bucket wait for answers that do not come. */
export class SlowedError extends RetryableError {
  override readonly name = 'SlowedError';
  readonly retryInSeconds: number;

  constructor(what: 'account' | 'bucket', retryInSeconds: number) {
    const code = what === 'account' ? 'AccountSlowed' : 'BucketSlowed';
    super(code, `calls to this ${what} fail or are slow, and few of them are made at the same time`);
    this.retryInSeconds = retryInSeconds;
  }
}

/** The share of the concurrency that a slowed place may hold. */
const lowestShare = 0.04;
const fewestInTrouble = 5;
const lookEveryMs = 250;
/** A place that was not used for this long counts as absent. */
const rememberedMs = 24 * 3_600_000;
/** The longest back-off by default: after this time no message waits for a slowed place any more. */
const longestBackOffMs = 3_600_000;

/**
 * Keeps accounts and buckets apart, so that one whose calls are throttled, fail or hang slows no other: its work
 * holds few slots at a time, and the rest of its messages back off. A place is slowed only if there is another one
 * that is not: what slows all of them is no place's own trouble (docs/decisions/0051-bulkheads.md).
 */
export function createBulkheads(
  concurrency: number,
  events: BulkheadEvents,
  now: () => number = () => performance.now(),
): Bulkheads {
  const { accounts, buckets, use } = createPlaces(now);
  const inWork = new Set<{ readonly bucket: BucketBulkhead }>();
  const lowest = Math.max(1, Math.floor(concurrency * lowestShare));
  const fewest = Math.min(fewestInTrouble, Math.ceil(concurrency / 4));
  let held = 0;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const count = (): void => {
    const heldBefore = held;
    held = 0;
    for (const { bucket } of inWork) if (bucket.slowed || bucket.account.slowed) held += 1;
    if (held !== heldBefore) events.changed();
  };
  /** Whether there is a bucket that is not slowed and no part of this place. */
  const hasOthers = (place: Bulkhead): boolean => {
    for (const other of buckets.values()) {
      if (other === place || other.account === place || other.slowed || other.account.slowed) continue;
      if (now() - other.lastUsedMs < rememberedMs) return true;
    }
    return false;
  };
  /** Nothing can show that its calls go well again, and nothing waits for it: the trouble is not known to stand. */
  const isForgotten = ({ inWork, lastUsedMs }: Bulkhead): boolean =>
    inWork === 0 && now() - lastUsedMs > longestBackOffMs;
  const judge = (places: ReadonlyMap<string, Bulkhead>): void => {
    for (const [name, place] of places) {
      const wasSlowed = place.slowed !== undefined;
      if (wasSlowed && isForgotten(place)) place.slowed = undefined;
      else if (wasSlowed) adjust(place, lowest, concurrency, now());
      else if (isInTrouble(place, fewest) && hasOthers(place)) slow(place, lowest, now());
      const isSlowed = place.slowed !== undefined;
      const [accountId = '', bucket] = name.split('/');
      if (isSlowed && !wasSlowed) events.slowed(accountId, bucket);
      if (!isSlowed && wasSlowed) events.recovered(accountId, bucket);
    }
  };
  const isActive = (): boolean => {
    for (const { health, slowed } of buckets.values()) if (slowed || health.pending > 0) return true;
    for (const { slowed } of accounts.values()) if (slowed) return true;
    return false;
  };
  const look = (): void => {
    timer = undefined;
    // Buckets first: the trouble of a slowed bucket does not count for its account.
    judge(buckets);
    judge(accounts);
    count();
    if (isActive()) lookLater();
  };
  const lookLater = (): void => {
    if (!stopped) timer ??= setTimeout(look, lookEveryMs).unref();
  };

  return {
    called(place, mayBeLong) {
      lookLater();
      return use(place).health.begin(mayBeLong);
    },
    enter(place) {
      const bucket = use(place);
      refuse('account', bucket.account);
      refuse('bucket', bucket);
      const work = { bucket };
      bucket.account.inWork += 1;
      bucket.inWork += 1;
      inWork.add(work);
      count();
      return () => {
        if (!inWork.delete(work)) return;
        bucket.account.inWork -= 1;
        bucket.inWork -= 1;
        count();
      };
    },
    isSlowed({ accountId, bucket }) {
      return Boolean(accounts.get(accountId)?.slowed ?? buckets.get(`${accountId}/${bucket}`)?.slowed);
    },
    get held() {
      return Math.min(held, concurrency);
    },
    get slowedAccounts() {
      const slowed = [...accounts, ...buckets].filter(([, place]) => place.slowed);
      return new Set(slowed.map(([name]) => name.split('/')[0])).size;
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

function refuse(what: 'account' | 'bucket', { inWork, slowed }: Bulkhead): void {
  if (slowed && inWork >= slowed.limit) throw new SlowedError(what, slowed.retryInSeconds);
}
