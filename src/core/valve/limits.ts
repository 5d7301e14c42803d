import { RetryableError } from '../errors.ts';
import { limitKey } from '../evidence/keys.ts';
import type { IsolationLimits, Limit } from '../isolation-budget.ts';
import { chunkOf, hourOf } from './budget.ts';
import { formatLimitCount, type LimitCount, parseLimitCount } from './limit.ts';
import { createSharedObject, type Seen, type SharedObject, type SharedObjectParts } from './shared-object.ts';

/**
 * The limits of rules and buckets, which all workers share. Each limit has an object for each hour, and workers lease
 * its units as they lease those of the budget.
 */
export interface Limits extends IsolationLimits {
  /** Writes the count that was leased last. Rejects if a lease would be refused too. */
  probe(): Promise<void>;
  /** Gives back the units that this worker has leased and not used. */
  drain(): Promise<void>;
}

/** Another worker may have given units back, so a worker that found none looks again after this time. */
const lookAgainAfterMs = 15_000;

/** One limit in one hour, as this worker knows it. */
interface Ledger {
  readonly hour: string;
  readonly key: string;
  readonly shared: SharedObject<LimitCount>;
  /** The limit under which the units were leased. A changed policy voids them. */
  limit: Limit;
  /** Units that this worker has leased and not used. */
  units: number;
  /** When no unit was left. */
  spentAtMs?: number | undefined;
  leasing?: Promise<void> | undefined;
}

export function createLimits(parts: SharedObjectParts): Limits {
  const { clock } = parts;
  const ledgers = new Map<string, Ledger>();
  let latest: Ledger | undefined;

  const ledgerOf = (limit: Limit): Ledger => {
    const hour = hourOf(clock.now());
    const key = limitKey(hour, limit);
    let ledger = ledgers.get(key);
    if (ledger === undefined) {
      // The leases of an hour end with it.
      for (const each of ledgers.values()) if (each.hour !== hour) ledgers.delete(each.key);
      const format = { parse: parseLimitCount, format: formatLimitCount };
      ledger = { hour, key, limit, units: 0, shared: createSharedObject(key, format, parts) };
      ledgers.set(key, ledger);
    }
    if (ledger.limit.perHour !== limit.perHour) {
      ledger.limit = limit;
      ledger.units = 0;
      ledger.spentAtMs = undefined;
    }
    return ledger;
  };
  const isSpent = ({ spentAtMs }: Ledger): boolean =>
    spentAtMs !== undefined && clock.now().getTime() - spentAtMs < lookAgainAfterMs;
  const leaseChunk = async (ledger: Ledger): Promise<void> => {
    latest = ledger;
    const { hour, limit, shared } = ledger;
    const isOver = () => hourOf(clock.now()) !== hour;
    if (ledger.spentAtMs !== undefined) await shared.read();
    let units = 0;
    const written = await shared.change((from) => {
      if (isOver()) return undefined;
      const count = countOf(ledger, from);
      units = Math.max(0, Math.min(chunkOf(limit.perHour), limit.perHour - count.leased));
      return units === 0 ? undefined : { ...count, leased: count.leased + units };
    });
    // The policy may have changed in the meantime, and with it the limit.
    if (written !== undefined && ledger.limit === limit) ledger.units += units;
    ledger.spentAtMs = written === undefined && !isOver() ? clock.now().getTime() : undefined;
  };

  return {
    async take(limit) {
      for (;;) {
        // The answer to a lease may tell that the next hour has begun.
        const ledger = ledgerOf(limit);
        if (ledger.units > 0) {
          ledger.units--;
          const under = ledger.limit;
          return {
            giveBack: () => {
              if (ledger.limit === under) ledger.units++;
            },
          };
        }
        if (isSpent(ledger)) return undefined;
        ledger.leasing ??= leaseChunk(ledger).finally(() => {
          ledger.leasing = undefined;
        });
        await ledger.leasing;
      }
    },
    async probe() {
      const ledger = latest;
      // A damaged count is no reason to halt: it ends with its hour.
      await ledger?.shared.change((from) => (from.isDamaged ? undefined : countOf(ledger, from)));
    },
    async drain() {
      const hour = hourOf(clock.now());
      const lent = [...ledgers.values()].filter((each) => each.hour === hour && each.units > 0);
      ledgers.clear();
      await Promise.allSettled(
        lent.map((ledger) =>
          ledger.shared.change((from) => {
            const count = countOf(ledger, from);
            return { ...count, leased: Math.max(0, count.leased - ledger.units) };
          }),
        ),
      );
    },
  };
}

function countOf({ hour, key, limit }: Ledger, { isDamaged, value }: Seen<LimitCount>): LimitCount {
  if (isDamaged) {
    throw new RetryableError('LimitDamaged', `${key} is damaged: it is used no more once its hour has ended`);
  }
  return { ...limit, hour, leased: value?.leased ?? 0 };
}
