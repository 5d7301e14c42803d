import { describe, expect, test } from 'vitest';
import {
  type Budget,
  chunkOf,
  countAt,
  formatBudget,
  giveBack,
  hourOf,
  isSameCount,
  lease,
  parseBudget,
} from '../../../../src/core/valve/budget.ts';

const now = new Date('2026-11-27T22:10:00Z');
const count: Budget = {
  hour: '2026-11-27T22',
  budget: 1_000,
  leased: 40,
  countFrom: new Date('2026-11-27T22:00:00Z'),
  alerted: false,
};

describe('the stored budget', () => {
  test('has the shape that operators and other workers read', () => {
    expect(JSON.parse(formatBudget(count))).toEqual({
      version: 1,
      hour: '2026-11-27T22',
      budget: 1_000,
      leased: 40,
      count_from: '2026-11-27T22:00:00.000Z',
      spent_since: null,
      alerted: false,
    });
  });

  test.each([
    count,
    { ...count, spentSince: now, alerted: true },
    { ...count, countFrom: new Date('9000-12-31T23:00:00Z') },
  ])('is read as it was written', (budget) => {
    expect(parseBudget(formatBudget(budget))).toEqual(budget);
  });

  test.each([
    ['no JSON', '{'],
    ['another version', JSON.stringify({ ...JSON.parse(formatBudget(count)), version: 2 })],
    ['a negative lease', JSON.stringify({ ...JSON.parse(formatBudget(count)), leased: -1 })],
    ['a negative budget', JSON.stringify({ ...JSON.parse(formatBudget(count)), budget: -1 })],
    ['an hour that is none', JSON.stringify({ ...JSON.parse(formatBudget(count)), hour: 'now' })],
    [
      'an hour with minutes',
      JSON.stringify({ ...JSON.parse(formatBudget(count)), hour: '2026-11-27T22:10' }),
    ],
    [
      'an hour after a word',
      JSON.stringify({ ...JSON.parse(formatBudget(count)), hour: 'at 2026-11-27T22' }),
    ],
    [
      'a year of five digits to come',
      JSON.stringify({ ...JSON.parse(formatBudget(count)), count_from: '9001-01-01T00:00:00Z' }),
    ],
    ['an unknown field', JSON.stringify({ ...JSON.parse(formatBudget(count)), extra: 1 })],
    ['a field that is absent', JSON.stringify({ version: 1 })],
  ])('is damaged where it is %s', (_, text) => {
    expect(parseBudget(text)).toBeUndefined();
  });
});

test('a count is the same only if it began at the same moment of the same hour', () => {
  expect(isSameCount(count, { ...count, leased: 50 })).toBe(true);
  expect(isSameCount(count, { ...count, countFrom: now })).toBe(false);
  // A resumption that lies in the future is where the counts of several hours begin.
  expect(isSameCount(count, { ...count, hour: '2026-11-27T23' })).toBe(false);
});

describe('the count in force', () => {
  test('is the stored one during its hour', () => {
    expect(countAt(now, { last: count, perHour: 5 })).toBe(count);
  });

  test('begins once in each hour where a resumption lies in the future', () => {
    const resumption = {
      paused: false,
      by: 'ann',
      reason: 'mended',
      since: new Date('2030-01-01T00:00:00Z'),
    };
    const nextHour = new Date(now.getTime() + 3_600_000);
    const first = countAt(now, { last: count, pause: resumption, perHour: 5 });
    const second = countAt(nextHour, { last: first, pause: resumption, perHour: 5 });
    const leased = { ...second, leased: 5 };
    expect(second).toMatchObject({ hour: '2026-11-27T23', leased: 0 });
    expect(countAt(nextHour, { last: leased, pause: resumption, perHour: 5 })).toBe(leased);
  });

  test('begins with the hour where nothing is stored', () => {
    expect(countAt(now, { perHour: 5 })).toEqual({
      hour: '2026-11-27T22',
      budget: 5,
      leased: 0,
      countFrom: new Date('2026-11-27T22:00:00Z'),
      alerted: false,
    });
  });

  test('begins with the hour where a person resumed before it', () => {
    const since = new Date('2026-11-27T20:00:00Z');
    const pause = { paused: false, by: 'ann', reason: 'mended', since };
    expect(countAt(now, { pause, perHour: 5 }).countFrom).toEqual(new Date('2026-11-27T22:00:00Z'));
  });

  test('begins with a resumption in this hour where nothing is stored', () => {
    const since = new Date('2026-11-27T22:05:00Z');
    const pause = { paused: false, by: 'ann', reason: 'mended', since };
    expect(countAt(now, { pause, perHour: 5 }).countFrom).toEqual(since);
  });

  test('begins anew with the next hour', () => {
    const next = countAt(new Date('2026-11-27T23:00:00Z'), { last: count, perHour: 5 });
    expect(next).toEqual({
      hour: '2026-11-27T23',
      budget: 5,
      leased: 0,
      countFrom: new Date('2026-11-27T23:00:00Z'),
      alerted: false,
    });
  });

  test('stays the later one where our estimate of the time is behind', () => {
    const last = { ...count, hour: '2026-11-27T23', countFrom: new Date('2026-11-27T23:00:00Z') };
    expect(countAt(new Date('2026-11-27T22:59:59Z'), { last, perHour: 5 })).toBe(last);
  });

  test('stays spent when its hour is over', () => {
    const last = { ...count, spentSince: now };
    expect(countAt(new Date('2026-11-28T09:00:00Z'), { last, perHour: 5 })).toBe(last);
  });

  const resumed = { paused: false, by: 'ops', reason: 'checked', since: new Date('2026-11-27T22:09:00Z') };

  test('begins anew with a resumption, spent or not', () => {
    for (const last of [count, { ...count, spentSince: new Date('2026-11-27T22:05:00Z') }]) {
      expect(countAt(now, { last, pause: resumed, perHour: 5 })).toEqual({
        hour: '2026-11-27T22',
        budget: 5,
        leased: 0,
        countFrom: resumed.since,
        alerted: false,
      });
    }
  });

  test('begins only once with a resumption', () => {
    const last = { ...count, countFrom: resumed.since };
    expect(countAt(now, { last, pause: resumed, perHour: 5 })).toBe(last);
    expect(countAt(now, { pause: resumed, perHour: 5 }).countFrom).toEqual(resumed.since);
  });

  test('does not begin anew with a pause', () => {
    expect(countAt(now, { last: count, pause: { ...resumed, paused: true }, perHour: 5 })).toBe(count);
  });

  test('takes its budget from the operator where one was given', () => {
    const pause = { ...resumed, budget: 77 };
    expect(countAt(now, { last: count, pause, perHour: 5 }).budget).toBe(77);
    expect(countAt(new Date('2026-11-27T23:00:00Z'), { last: count, pause, perHour: 5 }).budget).toBe(77);
  });
});

describe('a lease', () => {
  test('is a hundredth of the budget, and one at least', () => {
    expect([10_000, 199, 200, 1, 0].map(chunkOf)).toEqual([100, 1, 2, 1, 1]);
  });

  test('is counted', () => {
    expect(lease(count, now)).toEqual({ count: { ...count, leased: 50 }, units: 10 });
  });

  test('is what is left where that is less', () => {
    expect(lease({ ...count, leased: 997 }, now)).toEqual({ count: { ...count, leased: 1_000 }, units: 3 });
  });

  test('spends the budget where nothing is left', () => {
    const full = { ...count, leased: 1_000 };
    expect(lease(full, now)).toEqual({ count: { ...full, spentSince: now }, units: 0 });
  });

  test('changes nothing of a spent budget, whatever was given back', () => {
    const spent = { ...count, spentSince: now };
    expect(lease(spent, now)).toEqual({ count: spent, units: 0 });
    expect(lease(spent, now).count).toBe(spent);
  });

  test('is given back to its count', () => {
    expect(giveBack(count, 3).leased).toBe(37);
    expect(giveBack(count, 50).leased).toBe(0);
  });
});

test('hours are UTC', () => {
  expect(hourOf(new Date('2026-11-27T23:30:00+02:00'))).toBe('2026-11-27T21');
});
