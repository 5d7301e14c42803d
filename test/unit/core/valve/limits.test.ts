import { beforeEach, describe, expect, test } from 'vitest';
import { RetryableError } from '../../../../src/core/errors.ts';
import { limitKey } from '../../../../src/core/evidence/keys.ts';
import type { Limit } from '../../../../src/core/isolation-budget.ts';
import { formatLimitCount, parseLimitCount } from '../../../../src/core/valve/limit.ts';
import { createLimits, type Limits } from '../../../../src/core/valve/limits.ts';
import { createSharedClock } from '../../../../src/core/valve/shared-clock.ts';
import { createFakeControlObjects, type FakeControlObjects } from '../../../support/fake-control-objects.ts';

const start = new Date('2026-11-27T22:30:00Z');
const hour = '2026-11-27T22';
const rule: Limit = { of: 'rule', name: 'high-severity', perHour: 3 };
const bucket: Limit = { of: 'bucket', name: 'lake-raw', perHour: 2 };

let objects: FakeControlObjects;
let elapsed: number;
const worker = (): Limits =>
  createLimits({ objects, clock: createSharedClock(() => elapsed), stepAside: async () => undefined });
const takeMany = async (limits: Limits, limit: Limit, count: number) => {
  const units = [];
  for (let i = 0; i < count; i++) units.push(await limits.take(limit));
  return units.filter((unit) => unit !== undefined);
};
const stored = (limit: Limit, of = hour) => parseLimitCount(objects.texts.get(limitKey(of, limit)) ?? '');
const passes = (ms: number) => {
  elapsed += ms;
  objects.at = new Date(objects.at.getTime() + ms);
};

beforeEach(() => {
  objects = createFakeControlObjects(start);
  elapsed = 0;
});

describe('the stored count of a limit', () => {
  const count = { ...rule, hour, leased: 2 };

  test('has the shape that operators and other workers read', () => {
    expect(JSON.parse(formatLimitCount(count))).toEqual({
      version: 1,
      hour,
      of: 'rule',
      name: 'high-severity',
      limit: 3,
      leased: 2,
    });
    expect(parseLimitCount(formatLimitCount(count))).toEqual(count);
  });

  test.each([
    ['no JSON', '{'],
    ['another version', JSON.stringify({ ...JSON.parse(formatLimitCount(count)), version: 2 })],
    ['an unknown field', JSON.stringify({ ...JSON.parse(formatLimitCount(count)), extra: 1 })],
    ['a negative lease', JSON.stringify({ ...JSON.parse(formatLimitCount(count)), leased: -1 })],
    ['a limit of nothing', JSON.stringify({ ...JSON.parse(formatLimitCount(count)), limit: 0 })],
    ['of another kind', JSON.stringify({ ...JSON.parse(formatLimitCount(count)), of: 'account' })],
    ['an hour that is none', JSON.stringify({ ...JSON.parse(formatLimitCount(count)), hour: 'now' })],
  ])('is damaged where it is %s', (_, text) => {
    expect(parseLimitCount(text)).toBeUndefined();
  });
});

describe('a limit', () => {
  test('gives what it holds, and nothing more in its hour', async () => {
    const limits = worker();
    expect(await takeMany(limits, rule, 5)).toHaveLength(3);
    expect(stored(rule)).toEqual({ ...rule, hour, leased: 3 });
    expect(objects.writes).toHaveLength(3);
  });

  test('is counted for each rule and each bucket, also where they share a name', async () => {
    const limits = worker();
    const namesake: Limit = { ...bucket, name: rule.name };
    await takeMany(limits, rule, 5);
    expect(await takeMany(limits, bucket, 5)).toHaveLength(2);
    expect(await takeMany(limits, namesake, 5)).toHaveLength(2);
  });

  test('is shared by all workers', async () => {
    const [one, other] = [worker(), worker()];
    expect(await takeMany(one, rule, 2)).toHaveLength(2);
    expect(await takeMany(other, rule, 2)).toHaveLength(1);
  });

  test('is leased by the hundredth, so that a unit seldom costs a call', async () => {
    await takeMany(worker(), { ...rule, perHour: 1_000 }, 20);
    expect(objects.writes).toHaveLength(2);
    expect(stored(rule)?.leased).toBe(20);
  });

  test('begins anew with the hour of S3, and a unit of the last hour is void', async () => {
    const limits = worker();
    const large = { ...rule, perHour: 300 };
    await takeMany(limits, large, 1);
    passes(30 * 60_000);
    expect(await takeMany(limits, large, 1)).toHaveLength(1);
    expect(stored(rule, '2026-11-27T23')?.leased).toBe(3);
  });

  test('is never exceeded where the clock of S3 jumps an hour back and forth', async () => {
    const workers = [worker(), worker()];
    const taken = new Map<string, number>();
    for (const jump of [0, -3_600_000, 3_600_000, -3_600_000, 7_200_000]) {
      passes(jump);
      for (const limits of workers) {
        const units = await takeMany(limits, bucket, 3);
        const at = objects.at.toISOString().slice(0, 13);
        taken.set(at, (taken.get(at) ?? 0) + units.length);
      }
    }
    expect([...taken.values()].every((count) => count <= bucket.perHour)).toBe(true);
    expect([...taken.values()].reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(
      3 * bucket.perHour,
    );
  });

  test('counts in the hour that S3 names, though the worker has not heard of S3 yet', async () => {
    await takeMany(worker(), rule, 1);
    expect([...objects.texts.keys()]).toEqual([limitKey(hour, rule)]);
  });

  test('gives a unit again that was given back', async () => {
    const limits = worker();
    const [unit] = await takeMany(limits, rule, 3);
    unit?.giveBack();
    expect(await takeMany(limits, rule, 2)).toHaveLength(1);
  });

  test('that is reached costs no call, and is looked at again a little later', async () => {
    const limits = worker();
    await takeMany(limits, rule, 4);
    let calls = 0;
    objects.before = () => void calls++;
    await takeMany(limits, rule, 5);
    expect(calls).toBe(0);
    objects.put(limitKey(hour, rule), formatLimitCount({ ...rule, hour, leased: 2 }));
    passes(15_000);
    expect(await takeMany(limits, rule, 5)).toHaveLength(1);
  });

  test('that a changed policy lowers or raises holds at once', async () => {
    const limits = worker();
    const wide = { ...rule, perHour: 300 };
    const [unit] = await takeMany(limits, wide, 4);
    expect(await takeMany(limits, rule, 1)).toHaveLength(0);
    expect(stored(rule)?.leased).toBe(6);
    unit?.giveBack();
    expect(await takeMany(limits, rule, 1)).toHaveLength(0);
    expect(await takeMany(limits, { ...rule, perHour: 400 }, 1)).toHaveLength(1);
  });

  test('that a policy changes while findings of both policies wait for units is asked a few times, and settles', async () => {
    const limits = worker();
    const [wide, narrow] = await Promise.all([limits.take({ ...rule, perHour: 300 }), limits.take(rule)]);
    expect(wide).toBeDefined();
    expect(narrow).toBeUndefined();
    expect(stored(rule)?.leased).toBe(3);
  });

  test('that was lowered gives back at a drain what was leased above it', async () => {
    const limits = worker();
    await takeMany(limits, { ...rule, perHour: 300 }, 1);
    await takeMany(limits, rule, 1);
    await limits.drain();
    expect(stored(rule)?.leased).toBe(1);
  });

  test('keeps its leased units where another limit is leased, and none in another hour', async () => {
    const limits = worker();
    const large = { ...rule, perHour: 1_000 };
    await takeMany(limits, large, 1);
    await takeMany(limits, bucket, 1);
    await takeMany(limits, large, 1);
    expect(stored(rule)?.leased).toBe(10);
    passes(60 * 60_000);
    await takeMany(limits, large, 1);
    passes(-60 * 60_000);
    await takeMany(limits, bucket, 1);
    await takeMany(limits, large, 1);
    expect(stored(rule)?.leased).toBe(20);
  });

  test('is read once in its hour, and then only where no unit was left', async () => {
    let reads = 0;
    objects.before = (call) => void (call === 'read' && reads++);
    const limits = worker();
    const large = { ...rule, perHour: 1_000 };
    await takeMany(limits, large, 1);
    reads = 0;
    await takeMany(limits, large, 20);
    expect(reads).toBe(0);
  });

  test('gives no unit of an hour that is over when others have let go of the object', async () => {
    const limits = worker();
    objects.before = (call) => {
      if (call !== 'write' || objects.texts.size > 0) return;
      objects.put(limitKey(hour, rule), formatLimitCount({ ...rule, hour, leased: 0 }));
      passes(30 * 60_000);
    };
    expect(await limits.take(rule)).toBeDefined();
    expect(stored(rule)?.leased).toBe(0);
    expect(stored(rule, '2026-11-27T23')?.leased).toBe(1);
  });

  test('is given back at a drain', async () => {
    const limits = worker();
    await takeMany(limits, { ...rule, perHour: 1_000 }, 3);
    await limits.drain();
    expect(stored(rule)?.leased).toBe(3);
  });

  test('is given back once where the answer to a drain is lost and the client repeats the write', async () => {
    const large = { ...rule, perHour: 1_000 };
    await takeMany(worker(), large, 10);
    const limits = worker();
    await takeMany(limits, large, 1);
    objects.losesAnswers = true;
    await limits.drain();
    expect(stored(rule)?.leased).toBe(11);
  });

  test('that a changed policy raised is given back whole at a drain', async () => {
    const limits = worker();
    await takeMany(limits, { ...rule, perHour: 300 }, 1);
    await takeMany(limits, { ...rule, perHour: 400 }, 1);
    expect(stored(rule)?.leased).toBe(7);
    await limits.drain();
    expect(stored(rule)?.leased).toBe(2);
  });

  test('counts no fewer than none where others have given back more at a drain', async () => {
    const limits = worker();
    await takeMany(limits, { ...rule, perHour: 1_000 }, 3);
    objects.put(limitKey(hour, rule), formatLimitCount({ ...rule, perHour: 1_000, hour, leased: 2 }));
    await limits.drain();
    expect(stored(rule)?.leased).toBe(0);
  });

  test('is leased once for findings that come at the same moment', async () => {
    const limits = worker();
    const units = await Promise.all([1, 2, 3].map(() => limits.take({ ...rule, perHour: 1_000 })));
    expect(units.every((unit) => unit !== undefined)).toBe(true);
    expect(objects.writes).toHaveLength(1);
  });

  test('costs no write at a drain where every leased unit was used, or its hour is over', async () => {
    const limits = worker();
    await takeMany(limits, rule, 2);
    await limits.drain();
    expect(objects.writes).toHaveLength(2);
    await takeMany(limits, { ...bucket, perHour: 1_000 }, 3);
    passes(30 * 60_000);
    await limits.drain();
    expect(objects.writes).toHaveLength(3);
  });

  test('that was given back at a drain is leased anew', async () => {
    const limits = worker();
    const large = { ...rule, perHour: 1_000 };
    await takeMany(limits, large, 3);
    await limits.drain();
    await takeMany(limits, large, 1);
    expect(stored(rule)?.leased).toBe(13);
  });

  test('is probed without a call where nothing was leased', async () => {
    await worker().probe();
    expect(objects.writes).toEqual([]);
  });

  test('that is spent is not probed with success while it cannot be read', async () => {
    const limits = worker();
    await takeMany(limits, bucket, 3);
    objects.before = (call) => {
      if (call === 'read') throw new RetryableError('AccessDenied', 'refused');
    };
    await expect(limits.probe()).rejects.toThrow('refused');
    objects.before = () => undefined;
    await limits.probe();
  });

  test('that is damaged lets its findings wait, and ends with its hour', async () => {
    objects.put(limitKey(hour, rule), '{');
    const limits = worker();
    await expect(limits.take(rule)).rejects.toMatchObject({
      code: 'LimitDamaged',
      message: `${limitKey(hour, rule)} is damaged: it is used no more once its hour has ended`,
    });
    await limits.probe();
    passes(30 * 60_000);
    expect(await limits.take(rule)).toBeDefined();
  });

  test('that cannot be read or written lets its findings wait', async () => {
    const limits = worker();
    await limits.take(bucket);
    objects.before = () => {
      throw new RetryableError('SlowDown', 'later');
    };
    await expect(limits.take(rule)).rejects.toThrow('later');
    await expect(limits.probe()).rejects.toThrow('later');
    objects.before = () => undefined;
    await limits.probe();
    expect(stored(rule)?.leased).toBe(0);
    expect(await limits.take(rule)).toBeDefined();
  });
});
