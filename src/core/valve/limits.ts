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
  /** Reads and writes the count that was leased last. Rejects if a lease would be refused too. */
  probe(): Promise<void>;
  /** Gives back the units that this worker has leased and not used. After a conflict they stay leased. */
  drain(): Promise<void>;
}

/** Another worker may have given units back, so a worker that found none looks again after this time. */
const lookAgainAfterMs = 15_000;

/** One limit in one hour, as this worker knows it. */
interface Ledger {
  readonly hour: string;
  readonly key: string;
  readonly shared: SharedObject<LimitCount>;
  readonly limit: Limit;
  /** Units that this worker has leased and not used. */
  units: number;
  /** When no unit was left. */
  spentAtMs?: number | undefined;
  leasing?: Promise<void> | undefined;
}

export function createLimits(parts: SharedObjectParts): Limits {
  const { clock } = parts;
  /**
   * By key and limit: a changed policy may change a limit while findings are still handled under the one before. Each takes
   * from its own ledger, and the object counts what both have leased.
   */
  const ledgers = new Map<string, Ledger>();
  let latest: Ledger | undefined;

  const ledgerOf = (limit: Limit): Ledger => {
    const hour = hourOf(clock.now());
    const key = limitKey(hour, limit);
    const name = `${key} ${limit.perHour}`;
    let ledger = ledgers.get(name);
    if (ledger === undefined) {
      // The leases of an hour end with it.
      for (const [other, { hour: of }] of ledgers) if (of !== hour) ledgers.delete(other);
      const format = { parse: parseLimitCount, format: formatLimitCount };
      ledger = { hour, key, limit, units: 0, shared: createSharedObject(key, format, parts) };
      ledgers.set(name, ledger);
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
    await shared.change((from) => {
      units = 0;
      if (isOver()) return undefined;
      const count = countOf(ledger, from);
      units = Math.max(0, Math.min(chunkOf(limit.perHour), limit.perHour - count.leased));
      return units === 0 ? undefined : { ...count, leased: count.leased + units };
    });
    ledger.units += units;
    ledger.spentAtMs = units === 0 && !isOver() ? clock.now().getTime() : undefined;
  };

  return {
    async take(limit) {
      for (;;) {
        // The answer to a lease may tell that the next hour has begun.
        const ledger = ledgerOf(limit);
        if (ledger.units > 0) {
          ledger.units--;
          return {
            giveBack: () => {
              ledger.units++;
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
      // A write alone does not show that a spent count can be read again.
      await ledger?.shared.read();
      // A damaged count is no reason to halt: it ends with its hour.
      await ledger?.shared.change((from) => (from.isDamaged ? undefined : countOf(ledger, from)));
    },
    async drain() {
      const hour = hourOf(clock.now());
      const lent = [...ledgers.values()].filter((each) => each.hour === hour && each.units > 0);
      ledgers.clear();
      // Ledgers of one object share one write, because a second write at the same moment would end in a conflict.
      const units = new Map<string, number>();
      for (const each of lent) units.set(each.key, (units.get(each.key) ?? 0) + each.units);
      const newest = new Map(lent.map((each) => [each.key, each]));
      await Promise.allSettled(
        [...newest.values()].map((ledger) =>
          ledger.shared.changeOnce((from) => {
            const count = countOf(ledger, from);
            return { ...count, leased: Math.max(0, count.leased - (units.get(ledger.key) ?? 0)) };
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
