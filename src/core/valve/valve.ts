import { errorCode } from '../errors.ts';
import { budgetKey, pauseKey } from '../evidence/keys.ts';
import type { IsolationBudget } from '../isolation-budget.ts';
import { type Budget, countAt, formatBudget, giveBack, isSameCount, lease, parseBudget } from './budget.ts';
import { holds, type Pause, parsePause } from './pause.ts';
import { createSharedObject, readObject, type Seen, type SharedObjectParts } from './shared-object.ts';

/** Why nothing is isolated now. */
export type Closed =
  | { readonly by: 'person'; readonly pause: Pause }
  | { readonly by: 'budget'; readonly count: Budget }
  /**
   * Nobody knows whether the service is paused, so it counts as paused. `problem` is a sentence that says how
   * to repair the cause.
   */
  | { readonly by: 'unknown'; readonly problem: string };

/**
 * Stops the whole fleet: by the order of an operator, or when the findings of an hour exceed their budget.
 * Every worker has a valve. The workers agree through two objects of the isolation bucket.
 */
export interface Valve extends IsolationBudget {
  readonly closed: Closed | undefined;
  /** The count that is spent, also while a person's pause lies over it. */
  readonly spent: Budget | undefined;
  /** Units of the count that nobody has leased; `undefined` before the first read. */
  readonly remaining: number | undefined;
  /** Units of the whole count; `undefined` before the first read. */
  readonly budget: number | undefined;
  /**
   * Reads both objects, and alerts people once that the budget is spent. The last known state of an object that
   * cannot be read applies. Rejects if a read failed.
   */
  refresh(): Promise<void>;
  /** Writes the budget unchanged. Rejects if a lease would be refused too. */
  probe(): Promise<void>;
  /** Gives back the units that this worker has leased and not used. After a conflict they stay leased. */
  drain(): Promise<void>;
}

/** How much may be isolated, as far as a worker knows. */
export type ValveState = Pick<Valve, 'budget' | 'remaining' | 'spent'>;

export interface ValveOptions extends SharedObjectParts {
  /** The setting `ISOLATION_BUDGET_PER_HOUR`. */
  readonly perHour: number;
  /** Rejects if the alert could not be sent; the next refresh sends it. */
  readonly alertSpent: (count: Budget) => Promise<unknown>;
}

/** The worker that spends the budget alerts people. If that worker dies, another worker does so after this time. */
const alertForOthersAfterMs = 60_000;

interface Lease {
  readonly count: Budget;
  units: number;
}

export function createValve({ alertSpent, perHour, ...parts }: ValveOptions): Valve {
  const { clock } = parts;
  const budget = createSharedObject(budgetKey, { parse: parseBudget, format: formatBudget }, parts);
  let pause: Seen<Pause> | undefined;
  let problem = `${pauseKey} and ${budgetKey} are not read yet`;
  let held: Lease | undefined;
  let leasing: Promise<void> | undefined;
  /** The count that this worker was the first to find spent. */
  let spentHere: Budget | undefined;
  /** The count of which this worker has alerted people. The note of it in the object may still be missing. */
  let alertedHere: Budget | undefined;

  /** A resumption replaces a damaged budget, because the new count needs nothing of the old one. */
  const isReplaceable = ({ lastModified }: Seen<Budget>) =>
    pause?.value?.paused === false && lastModified !== undefined && pause.value.since >= lastModified;
  const count = (from: Seen<Budget>): Budget =>
    countAt(clock.now(), { perHour, last: from.value, pause: pause?.value });
  const spent = (): Budget | undefined => {
    // A pause that nobody knows may be a resumption.
    const current = budget.seen && pause && !pause.isDamaged ? count(budget.seen) : undefined;
    return current?.spentSince && current;
  };
  const closed = (): Closed | undefined => {
    const { seen } = budget;
    if (pause === undefined || seen === undefined) return { by: 'unknown', problem };
    if (pause.isDamaged) return { by: 'unknown', problem: damaged(pauseKey) };
    if (holds(pause.value, clock.now())) return { by: 'person', pause: pause.value };
    if (seen.isDamaged && !isReplaceable(seen)) return { by: 'unknown', problem: damaged(budgetKey) };
    const ended = spent();
    return ended && { by: 'budget', count: ended };
  };
  /** A damaged budget that is not replaceable is left as it is. */
  const toCount = (change: (count: Budget) => Budget | undefined) => (from: Seen<Budget>) =>
    from.isDamaged && !isReplaceable(from) ? undefined : change(count(from));
  /** If `change` returns `undefined`, nothing is written. Returns the written count. */
  const changeBudget = (change: (count: Budget) => Budget | undefined): Promise<Budget | undefined> =>
    budget.change(toCount(change));
  /** A lease of another count is void: the next hour or a resumption ends a count before anybody writes the new one. */
  const usable = (lent: Lease | undefined): lent is Lease =>
    lent !== undefined &&
    lent.units > 0 &&
    budget.seen !== undefined &&
    isSameCount(lent.count, count(budget.seen));
  const leaseChunk = async (): Promise<void> => {
    let units = 0;
    const written = await changeBudget((current) => {
      const leased = lease(current, clock.now());
      units = leased.units;
      return leased.count === current ? undefined : leased.count;
    });
    if (written === undefined) return;
    if (units > 0) held = { count: written, units };
    else spentHere = written;
  };
  const alertIfDue = async (about: Budget): Promise<void> => {
    if (about.alerted || about.spentSince === undefined) return;
    const isOurs = spentHere !== undefined && isSameCount(spentHere, about);
    const sinceMs = clock.now().getTime() - about.spentSince.getTime();
    if (!isOurs && sinceMs < alertForOthersAfterMs) return;
    if (alertedHere === undefined || !isSameCount(alertedHere, about)) await alertSpent(about);
    alertedHere = about;
    await changeBudget((current) =>
      isSameCount(current, about) && !current.alerted ? { ...current, alerted: true } : undefined,
    );
  };

  return {
    get closed() {
      return closed();
    },
    get spent() {
      return spent();
    },
    get remaining() {
      if (budget.seen === undefined) return undefined;
      const current = count(budget.seen);
      return Math.max(0, current.budget - current.leased);
    },
    get budget() {
      return budget.seen === undefined ? undefined : count(budget.seen).budget;
    },
    async refresh() {
      // A pause counts as soon as it is read: a budget that cannot be read must not keep the service running.
      const [pauseRead, budgetRead] = await Promise.allSettled([
        readObject(pauseKey, parsePause, parts),
        budget.read(),
      ]);
      if (pauseRead.status === 'fulfilled') pause = pauseRead.value;
      const now = spent();
      // The alerting function reports its own failure, and the next refresh tries again. A budget that cannot be
      // read cannot be marked as alerted, and people would be alerted at each refresh.
      if (now !== undefined && budgetRead.status === 'fulfilled')
        await alertIfDue(now).catch(() => undefined);
      const failed = [pauseRead, budgetRead].find((each) => each.status === 'rejected');
      if (failed === undefined) return;
      const unread = [
        ...(pauseRead.status === 'rejected' ? [pauseKey] : []),
        ...(budgetRead.status === 'rejected' ? [budgetKey] : []),
      ];
      problem = unreadable(unread, failed.reason);
      throw failed.reason;
    },
    async take() {
      while (closed() === undefined) {
        const lent = held;
        if (usable(lent)) {
          lent.units--;
          return {
            giveBack: () => {
              lent.units++;
            },
          };
        }
        leasing ??= leaseChunk().finally(() => {
          leasing = undefined;
        });
        await leasing;
      }
      return undefined;
    },
    async probe() {
      await changeBudget((current) => ({ ...current }));
    },
    async drain() {
      const lent = held;
      held = undefined;
      if (lent === undefined || lent.units === 0) return;
      await budget.changeOnce(
        toCount((current) => (isSameCount(current, lent.count) ? giveBack(current, lent.units) : undefined)),
      );
    },
  };
}

function unreadable(keys: readonly string[], error: unknown): string {
  return `${keys.join(' and ')} cannot be read (${errorCode(error)}): let the worker's role read them, and check that the account in QUEUE_URL owns the bucket`;
}

function damaged(key: string): string {
  return `${key} is damaged: \`macie-isolator resume --reason ...\` writes it anew and starts a new count`;
}
