import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { retrySeconds } from '../../../src/flow/back-off.ts';
import { createBulkheads, SlowedError } from '../../../src/flow/bulkheads.ts';

const sick = { accountId: '111111111111', bucket: 'sick' };
const other = { accountId: '222222222222', bucket: 'other' };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function open(concurrency = 50) {
  const told: string[] = [];
  const bulkheads = createBulkheads(
    concurrency,
    {
      slowed: (...place) => void told.push(`slowed ${place.filter(Boolean).join('/')}`),
      recovered: (...place) => void told.push(`recovered ${place.filter(Boolean).join('/')}`),
      changed: () => undefined,
    },
    () => Date.now(),
  );
  const end = (place: typeof sick, how: 'well' | 'trouble', times = 1) => {
    for (let call = 0; call < times; call += 1) bulkheads.called(place, false)(how);
  };
  const hang = (place: typeof sick, times: number, isCopy = false) =>
    Array.from({ length: times }, () => bulkheads.called(place, isCopy));
  const pass = (seconds: number) => vi.advanceTimersByTimeAsync(seconds * 1_000);
  return { bulkheads, told, end, hang, pass };
}

describe('an account whose calls hang', () => {
  it('is slowed after a second, and what it has in work takes no slot from others', async () => {
    const { bulkheads, end, hang, pass, told } = open();
    end(other, 'well');
    // What went well before says nothing about calls that hang now.
    end(sick, 'well', 1_000);
    const leave = Array.from({ length: 50 }, () => bulkheads.enter(sick));
    hang(sick, 50);

    await pass(0.75);
    expect(bulkheads.held).toBe(0);
    await pass(0.75);

    expect(told).toEqual(['slowed 111111111111/sick']);
    expect(bulkheads.slowedAccounts).toBe(1);
    expect(bulkheads.held).toBe(50);
    expect(() => bulkheads.enter(sick)).toThrow(SlowedError);
    bulkheads.enter(other);
    for (const end of leave) end();
    expect(bulkheads.held).toBe(0);
  });

  it('keeps two of fifty slots, and what it holds beyond the concurrency is not given besides', async () => {
    const { bulkheads, end, hang, pass } = open();
    end(other, 'well');
    hang(sick, 5);
    await pass(3);

    bulkheads.enter(sick);
    bulkheads.enter(sick);
    expect(() => bulkheads.enter(sick)).toThrow('calls to this bucket');
    expect(bulkheads.held).toBe(2);
  });

  it('lets its messages come again later, the longer it lasts', async () => {
    const { bulkheads, end, hang, pass } = open();
    end(other, 'well');
    hang(sick, 5);
    await pass(3);
    bulkheads.enter(sick);
    bulkheads.enter(sick);
    const seconds = () => {
      try {
        bulkheads.enter(sick);
      } catch (error) {
        return retrySeconds(error, 1, () => 1);
      }
      return 0;
    };

    const first = seconds();
    await pass(60);

    expect(first).toBeLessThanOrEqual(6);
    expect(seconds()).toBe(60);
    // A message that failed often waits longer than that.
    expect(retrySeconds(new SlowedError('account', 60), 3_600)).toBe(3_600);
    expect(retrySeconds(new Error('another'), 7)).toBe(7);
  });

  it('is not slowed by copies, which may take hours', async () => {
    const { end, hang, pass, told } = open();
    end(other, 'well');
    hang(sick, 50, true);
    await pass(60);

    expect(told).toEqual([]);
  });

  it('is slowed as a whole where the calls are to many buckets', async () => {
    const { bulkheads, end, pass, told } = open();
    end(other, 'well');
    for (let index = 0; index < 6; index += 1) bulkheads.called({ ...sick, bucket: `b${index}` }, false);
    await pass(3);

    expect(told).toEqual(['slowed 111111111111']);
    bulkheads.enter({ ...sick, bucket: 'another' });
    bulkheads.enter({ ...sick, bucket: 'another' });
    expect(() => bulkheads.enter({ ...sick, bucket: 'b1' })).toThrow('calls to this account');
  });
});

describe('an account whose calls fail', () => {
  it.each(['trouble'] as const)('is slowed where at least half of them do', async (how) => {
    const { end, pass, told } = open();
    end(other, 'well');
    end(sick, 'well', 6);
    end(sick, how, 5);
    await pass(1);
    expect(told).toEqual([]);

    end(sick, how, 1);
    await pass(1);
    expect(told).toEqual(['slowed 111111111111/sick']);
  });

  it('recovers step by step, and falls back when its calls fail again', async () => {
    const { bulkheads, end, pass, told } = open();
    end(other, 'well');
    end(sick, 'trouble', 5);
    await pass(0.5);
    const room = () => {
      const left: (() => void)[] = [];
      try {
        for (;;) left.push(bulkheads.enter(sick));
      } catch {
        for (const leave of left) leave();
      }
      return left.length;
    };

    expect(room()).toBe(2);
    for (const expected of [4, 8]) {
      end(sick, 'well');
      await pass(1.5);
      expect(room()).toBe(expected);
    }
    end(sick, 'trouble');
    await pass(1.5);
    expect(room()).toBe(4);
    for (let step = 0; step < 3; step += 1) {
      end(sick, 'well');
      await pass(1.5);
    }

    expect(told.at(-1)).toBe('recovered 111111111111/sick');
    expect(bulkheads.slowedAccounts).toBe(0);
    expect(bulkheads.isSlowed(sick)).toBe(false);
  });

  it('is slowed no more an hour after its last call: nothing waits for it, and nothing could show that it recovered', async () => {
    const { bulkheads, end, pass, told } = open();
    end(other, 'well');
    const leave = bulkheads.enter(sick);
    end(sick, 'trouble', 5);
    await pass(1);
    expect(told).toEqual(['slowed 111111111111/sick']);

    await pass(3_700);
    expect(bulkheads.slowedAccounts).toBe(1);
    leave();
    await pass(1);

    expect(told).toEqual(['slowed 111111111111/sick', 'recovered 111111111111/sick']);
    expect(bulkheads.slowedAccounts).toBe(0);
  });

  it('leaves its healthy buckets alone: one bucket is slowed, not the account', async () => {
    const { bulkheads, end, pass, told } = open();
    end({ ...sick, bucket: 'healthy' }, 'well');
    end(other, 'well');
    end(sick, 'trouble', 20);
    await pass(5);

    expect(told).toEqual(['slowed 111111111111/sick']);
    for (let index = 0; index < 10; index += 1) bulkheads.enter({ ...sick, bucket: 'healthy' });
  });
});

describe('trouble that is no place’s own', () => {
  it('slows nothing where there is one account with one bucket: its findings wait for their slots', async () => {
    const { end, pass, told } = open();
    end(sick, 'trouble', 50);
    await pass(5);

    expect(told).toEqual([]);
  });

  it('never slows the last place', async () => {
    const { bulkheads, end, pass, told } = open();
    for (const place of [sick, other]) end(place, 'trouble', 20);
    await pass(5);

    expect(told).toHaveLength(1);
    expect([bulkheads.isSlowed(sick), bulkheads.isSlowed(other)].filter(Boolean)).toHaveLength(1);
  });
});

describe('the number of places', () => {
  it('is bounded, whatever findings name', () => {
    const { bulkheads, end } = open();
    for (let index = 0; index < 5_000; index += 1) {
      end({ accountId: String(index).padStart(12, '0'), bucket: 'b' }, 'trouble');
    }

    // The places of long ago are forgotten, those in work are not.
    const leave = bulkheads.enter(sick);
    leave();
    leave();
    expect(bulkheads.held).toBe(0);
  });
});
