import { errorCode, RetryableError } from '../errors.ts';
import { budgetKey, pauseKey } from '../evidence/keys.ts';
import type { IsolationBudget } from '../ports.ts';
import {
  type Budget,
  countAt,
  formatBudget,
  giveBack,
  hourOf,
  isSameCount,
  lease,
  parseBudget,
} from './budget.ts';
import type { ControlObject, ControlObjects } from './control-objects.ts';
import { holds, type Pause, parsePause } from './pause.ts';

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
  /** Units of the count that nobody has leased; `undefined` before the first read. */
  readonly remaining: number | undefined;
  /** Units of the whole count; `undefined` before the first read. */
  readonly budget: number | undefined;
  /**
   * Reads both objects, and alerts people once that the budget is spent. If a read fails, the last known
   * state applies.
   */
  refresh(): Promise<void>;
  /** Writes the budget unchanged. Rejects if a lease would be refused too. */
  probe(): Promise<void>;
  /** Gives back the units that this worker has leased and not used. */
  drain(): Promise<void>;
}

export interface ValveOptions {
  readonly objects: ControlObjects;
  /** The setting `ISOLATION_BUDGET_PER_HOUR`. */
  readonly perHour: number;
  /** Rejects if the alert could not be sent; the next refresh sends it. */
  readonly alertSpent: (count: Budget) => Promise<unknown>;
  /** Milliseconds of a clock that only moves forward. */
  readonly elapsedMs: () => number;
  /** Resolves after a time that differs each time, so that workers that collided try again at different moments. */
  readonly stepAside: (attempt: number) => Promise<void>;
}

/** The worker that spends the budget alerts people. If that worker dies, another worker does so after this time. */
const alertForOthersAfterMs = 60_000;

/** How often a conditional write is attempted before the finding goes back to the queue. */
const maximumAttempts = 20;

interface Seen<Value> {
  readonly value?: Value;
  readonly eTag?: string;
  readonly lastModified?: Date;
  readonly isDamaged: boolean;
}

interface Lease {
  readonly count: Budget;
  units: number;
}

export function createValve({ objects, perHour, alertSpent, elapsedMs, stepAside }: ValveOptions): Valve {
  let pause: Seen<Pause> | undefined;
  let budget: Seen<Budget> | undefined;
  let problem = `${pauseKey} and ${budgetKey} are not read yet`;
  /** The difference between S3's clock and this host's clock, in milliseconds. */
  let ahead = 0;
  let held: Lease | undefined;
  let leasing: Promise<void> | undefined;
  /** The count that this worker was the first to find spent. */
  let spentHere: Budget | undefined;

  const now = () => new Date(elapsedMs() + ahead);
  const heardTime = (at: Date) => {
    ahead = at.getTime() - elapsedMs();
  };
  const read = async <Value>(
    key: string,
    parse: (text: string) => Value | undefined,
  ): Promise<Seen<Value>> => {
    const answer = await objects.read(key);
    heardTime(answer.at);
    return seen(answer, parse);
  };
  const sawBudget = (next: Seen<Budget>) => {
    budget = next;
    if (held !== undefined && next.value !== undefined && !isSameCount(held.count, next.value))
      held = undefined;
  };
  /** A resumption replaces a damaged budget, because the new count needs nothing of the old one. */
  const isReplaceable = ({ lastModified }: Seen<Budget>) =>
    pause?.value?.paused === false && lastModified !== undefined && pause.value.since >= lastModified;
  const count = (from: Seen<Budget>): Budget =>
    countAt(now(), {
      perHour,
      ...(from.value !== undefined && { last: from.value }),
      ...(pause?.value !== undefined && { pause: pause.value }),
    });
  const closed = (): Closed | undefined => {
    if (pause === undefined || budget === undefined) return { by: 'unknown', problem };
    if (pause.isDamaged) return { by: 'unknown', problem: damaged(pauseKey) };
    if (holds(pause.value, now())) return { by: 'person', pause: pause.value };
    if (budget.isDamaged && !isReplaceable(budget)) return { by: 'unknown', problem: damaged(budgetKey) };
    const current = count(budget);
    return current.spentSince === undefined ? undefined : { by: 'budget', count: current };
  };
  /**
   * Reads, changes and writes the budget until no other writer interferes. If `change` returns `undefined`,
   * nothing is written. Returns the written count.
   */
  const changeBudget = async (change: (count: Budget) => Budget | undefined): Promise<Budget | undefined> => {
    for (let attempt = 1; attempt <= maximumAttempts; attempt++) {
      const from = budget ?? (await read(budgetKey, parseBudget));
      sawBudget(from);
      if (from.isDamaged && !isReplaceable(from)) return undefined;
      const next = change(count(from));
      if (next === undefined) return undefined;
      const answer = await objects.write(budgetKey, formatBudget(next), from.eTag);
      if (answer.kind === 'written') {
        heardTime(answer.at);
        sawBudget({ value: next, eTag: answer.eTag, lastModified: answer.at, isDamaged: false });
        return next;
      }
      await stepAside(attempt);
      sawBudget(await read(budgetKey, parseBudget));
    }
    throw new RetryableError(
      'BudgetContention',
      `${budgetKey} was written by others ${maximumAttempts} times in a row`,
    );
  };
  const leaseChunk = async (): Promise<void> => {
    let units = 0;
    const written = await changeBudget((current) => {
      const leased = lease(current, now());
      units = leased.units;
      return leased.count === current ? undefined : leased.count;
    });
    if (written === undefined) return;
    if (units > 0) held = { count: written, units };
    else spentHere = written;
  };
  const alertIfSpent = async (): Promise<void> => {
    const why = closed();
    if (why?.by !== 'budget' || why.count.alerted || why.count.spentSince === undefined) return;
    const isOurs = spentHere !== undefined && isSameCount(spentHere, why.count);
    const sinceMs = now().getTime() - why.count.spentSince.getTime();
    if (!isOurs && sinceMs < alertForOthersAfterMs) return;
    await alertSpent(why.count);
    await changeBudget((current) =>
      isSameCount(current, why.count) && !current.alerted ? { ...current, alerted: true } : undefined,
    );
  };

  return {
    get closed() {
      return closed();
    },
    get remaining() {
      if (budget === undefined) return undefined;
      const current = count(budget);
      return Math.max(0, current.budget - current.leased);
    },
    get budget() {
      return budget === undefined ? undefined : count(budget).budget;
    },
    async refresh() {
      try {
        const nextPause = await read(pauseKey, parsePause);
        const nextBudget = await read(budgetKey, parseBudget);
        pause = nextPause;
        sawBudget(nextBudget);
      } catch (error) {
        problem = `${pauseKey} and ${budgetKey} cannot be read (${errorCode(error)}): let the worker's role read them`;
        throw error;
      }
      // The alerting function reports its own failure, and the next refresh tries again.
      await alertIfSpent().catch(() => undefined);
    },
    async take() {
      while (closed() === undefined) {
        const lent = held;
        if (lent !== undefined && lent.units > 0 && hourOf(now()) <= lent.count.hour) {
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
      await changeBudget((current) =>
        isSameCount(current, lent.count) ? giveBack(current, lent.units) : undefined,
      );
    },
  };
}

function seen<Value>({ found }: ControlObject, parse: (text: string) => Value | undefined): Seen<Value> {
  if (found === undefined) return { isDamaged: false };
  const value = parse(found.text);
  const { eTag, lastModified } = found;
  return { eTag, lastModified, isDamaged: value === undefined, ...(value !== undefined && { value }) };
}

function damaged(key: string): string {
  return `${key} is damaged: \`macie-isolator resume --reason ...\` writes it anew and starts a new count`;
}
