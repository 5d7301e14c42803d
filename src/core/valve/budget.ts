import { z } from 'zod';
import { jsonOf } from '../json.ts';
import { moment } from './moment.ts';
import type { Pause } from './pause.ts';

/**
 * The number of findings that the fleet may isolate in one hour, and how many of them were leased
 * (`control/budget.json`).
 */
export interface Budget {
  /** The hour in UTC by S3's clock, for example `2026-11-27T22`. */
  readonly hour: string;
  /** The units of this hour. A unit is the right to copy one finding's object. */
  readonly budget: number;
  readonly leased: number;
  /** The start of the hour, or of the count that a resumption started. */
  readonly countFrom: Date;
  /** When a worker asked for a unit and none was left. From then on nothing is isolated until a person resumes. */
  readonly spentSince?: Date;
  /** Whether people were alerted that the budget is spent. */
  readonly alerted: boolean;
}

export const hourPattern = /^\d{4}-\d{2}-\d{2}T\d{2}$/u;

const stored = z.strictObject({
  version: z.literal(1),
  hour: z.string().regex(hourPattern),
  budget: z.int().min(0),
  leased: z.int().min(0),
  count_from: moment,
  spent_since: moment.nullable(),
  alerted: z.boolean(),
});

/** Returns `undefined` if the text is not a budget of this version. */
export function parseBudget(json: string): Budget | undefined {
  const parsed = stored.safeParse(jsonOf(json));
  if (!parsed.success) return undefined;
  const { hour, budget, leased, count_from: countFrom, spent_since: spentSince, alerted } = parsed.data;
  return { hour, budget, leased, countFrom, alerted, ...(spentSince !== null && { spentSince }) };
}

export function formatBudget({ hour, budget, leased, countFrom, spentSince, alerted }: Budget): string {
  return JSON.stringify({
    version: 1,
    hour,
    budget,
    leased,
    count_from: countFrom.toISOString(),
    spent_since: spentSince?.toISOString() ?? null,
    alerted,
  });
}

export function hourOf(now: Date): string {
  return now.toISOString().slice(0, 13);
}

/**
 * Returns the count that applies now: the stored count, or a new count if its hour is over or a person has
 * resumed since.
 */
export function countAt(
  now: Date,
  {
    last,
    pause,
    perHour,
  }: {
    readonly last?: Budget | undefined;
    readonly pause?: Pause | undefined;
    readonly perHour: number;
  },
): Budget {
  const hour = hourOf(now);
  const fresh = { hour, budget: pause?.budget ?? perHour, leased: 0, alerted: false };
  const resumedAt = pause?.paused === false ? pause.since : undefined;
  if (last === undefined) return { ...fresh, countFrom: latest(startOf(hour), resumedAt) };
  if (resumedAt !== undefined && resumedAt > last.countFrom) return { ...fresh, countFrom: resumedAt };
  // Another worker may have read a later date from S3. An hour that has begun does not begin again.
  if (last.spentSince !== undefined || hour <= last.hour) return last;
  // A resumption that lies in the future starts one count, and not one more in each hour until then.
  return { ...fresh, countFrom: latest(startOf(hour), resumedAt) };
}

/** Two counts are the same count if they began together. Leases of another count are void. */
export function isSameCount(one: Budget, other: Budget): boolean {
  return one.hour === other.hour && one.countFrom.getTime() === other.countFrom.getTime();
}

/** Returns how many units a worker leases at a time. */
export function chunkOf(perHour: number): number {
  return Math.max(1, Math.floor(perHour / 100));
}

/** Takes a chunk, or the rest of the units. If no unit is left, the count is spent, and `units` is 0. */
export function lease(count: Budget, now: Date): { readonly count: Budget; readonly units: number } {
  if (count.spentSince !== undefined) return { count, units: 0 };
  const units = Math.min(chunkOf(count.budget), count.budget - count.leased);
  if (units > 0) return { count: { ...count, leased: count.leased + units }, units };
  return { count: { ...count, spentSince: now }, units: 0 };
}

/** Gives unspent units back to the count from which they were leased. */
export function giveBack(count: Budget, units: number): Budget {
  return { ...count, leased: Math.max(0, count.leased - units) };
}

function startOf(hour: string): Date {
  return new Date(`${hour}:00:00.000Z`);
}

function latest(one: Date, other: Date | undefined): Date {
  return other !== undefined && other > one ? other : one;
}
