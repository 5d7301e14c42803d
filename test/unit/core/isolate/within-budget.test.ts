import { beforeEach, describe, expect, test } from 'vitest';
import {
  HandedBackError,
  IsolationFaultError,
  PausedError,
  RetryableError,
} from '../../../../src/core/errors.ts';
import { type Allowance, withinBudget } from '../../../../src/core/isolate/within-budget.ts';
import type { IsolationResult, Provenance } from '../../../../src/core/isolation.ts';
import type { Limit } from '../../../../src/core/isolation-budget.ts';

const none = { removedVersions: [], remainingVersions: ['v1'], uncomparedVersions: [] };
let taken: number;
let givenBack: number;
let copied: boolean | Error;
let spentLimits: readonly string[];
const unit = () => {
  taken++;
  return { giveBack: () => void givenBack++ };
};
const rule = { of: 'rule', name: 'few', perHour: 5 } as const;
const bucket = { of: 'bucket', name: 'lake-raw', perHour: 5 } as const;
const allowance = (overrides: Partial<Allowance> = {}): Allowance => ({
  budget: { take: async () => unit() },
  limits: { take: async ({ of }) => (spentLimits.includes(of) ? undefined : unit()) },
  under: [],
  mayBeBegun: false,
  async isBegun() {
    if (copied instanceof Error) throw copied;
    return copied;
  },
  ...overrides,
});

beforeEach(() => {
  taken = 0;
  givenBack = 0;
  copied = false;
  spentLimits = [];
});

const ending = (isolation: IsolationResult) =>
  withinBudget(allowance(), async (spending) => {
    await spending.take();
    spending.mayRemove();
    return isolation;
  });

describe('an isolation', () => {
  test('keeps its unit where it removed the object', async () => {
    await ending({ outcome: { name: 'isolated' } });
    await ending({
      outcome: { name: 'retained', reason: 'locked' },
      removal: { kind: 'retained', reason: 'locked', ...none, removedVersions: ['v2'] },
    });
    await ending({
      outcome: { name: 'retained', reason: 'locked' },
      removal: { kind: 'retained', reason: 'locked', ...none, markerVersionId: 'm1' },
    });
    expect({ taken, givenBack }).toEqual({ taken: 3, givenBack: 0 });
  });

  test('gives its unit back where the marker over an untouched object was there before', async () => {
    await ending({
      outcome: { name: 'released' },
      removal: { kind: 'untouched', ...none, markerVersionId: 'm1' },
    });
    expect({ taken, givenBack }).toEqual({ taken: 1, givenBack: 1 });
  });

  test.each([
    {
      madeNow: true,
      returned: 1,
      why: 'another delivery may finish what has a copy, without units of the limits',
    },
    { madeNow: false, returned: 2, why: 'the units of the first copy were taken when it was made' },
  ])('removes nothing, and the copy was made now: $madeNow: $why', async ({ madeNow, returned }) => {
    const copy = { key: 'objects/k', madeNow, provenance: {} as Provenance };
    await withinBudget(allowance({ under: [rule] }), async (spending) => {
      await spending.take();
      spending.mayRemove();
      return { outcome: { name: 'retained', reason: 'locked' }, copy };
    });
    expect({ taken, givenBack }).toEqual({ taken: 2, givenBack: returned });
  });

  test('gives its unit back where it removed nothing', async () => {
    await ending({ outcome: { name: 'released' } });
    await ending({
      outcome: { name: 'retained', reason: 'locked' },
      removal: { kind: 'retained', reason: 'locked', ...none },
    });
    expect({ taken, givenBack }).toEqual({ taken: 2, givenBack: 2 });
  });

  test('gives the units of its limits back where it removed nothing', async () => {
    await withinBudget(allowance({ under: [rule, bucket] }), async (spending) => {
      await spending.take();
      return { outcome: { name: 'released' } };
    });
    expect({ taken, givenBack }).toEqual({ taken: 3, givenBack: 3 });
  });

  test('is not looked for where it failed and no limit applies', async () => {
    let looked = false;
    const isBegun = async () => {
      looked = true;
      return true;
    };
    const failing = withinBudget(allowance({ isBegun }), async (spending) => {
      await spending.take();
      throw new RetryableError('SlowDown', 'later');
    });
    await expect(failing).rejects.toThrow('later');
    expect(looked).toBe(false);
  });

  test('gives its unit back where it failed before it removed anything', async () => {
    const failing = withinBudget(allowance(), async (spending) => {
      await spending.take();
      throw new RetryableError('SlowDown', 'later');
    });
    await expect(failing).rejects.toThrow('later');
    expect(givenBack).toBe(1);
  });

  test('keeps its unit where it failed while it removed', async () => {
    const failing = withinBudget(allowance(), async (spending) => {
      await spending.take();
      spending.mayRemove();
      throw new RetryableError('SlowDown', 'later');
    });
    await expect(failing).rejects.toThrow('later');
    expect(givenBack).toBe(0);
  });

  test('keeps its units where it put a fence, although it removed nothing', async () => {
    await withinBudget(allowance({ under: [rule] }), async (spending) => {
      await spending.take();
      spending.fenced();
      return { outcome: { name: 'released' } };
    });
    expect({ taken, givenBack }).toEqual({ taken: 2, givenBack: 0 });
  });

  test.each([
    { there: true, returned: 0, why: 'the next handling finds its fence or its copy, and takes none' },
    { there: false, returned: 1, why: 'the next handling takes the unit of its limit again' },
  ])('keeps its unit where it failed after it put a fence: $why', async ({ returned, there }) => {
    copied = there;
    const failing = withinBudget(allowance({ under: [rule] }), async (spending) => {
      await spending.take();
      spending.fenced();
      throw new RetryableError('SlowDown', 'later');
    });
    await expect(failing).rejects.toThrow('later');
    expect({ taken, givenBack }).toEqual({ taken: 2, givenBack: returned });
  });

  test('keeps the units of its limits where the isolation side refuses a call after the copy, without a look', async () => {
    copied = new Error('asked');
    const failing = withinBudget(allowance({ under: [rule, bucket] }), async (spending) => {
      await spending.take();
      spending.copied();
      throw new IsolationFaultError('AccessDenied', 'no');
    });
    await expect(failing).rejects.toThrow('no');
    expect({ taken, givenBack }).toEqual({ taken: 3, givenBack: 1 });
  });

  test('that copies nothing needs no unit', async () => {
    await withinBudget(allowance(), async () => ({ outcome: { name: 'already_isolated' } }));
    expect({ taken, givenBack }).toEqual({ taken: 0, givenBack: 0 });
  });

  test('goes back to the queue while the service is paused', async () => {
    const paused = withinBudget(
      allowance({ under: [rule], budget: { take: async () => undefined } }),
      async (spending) => {
        await spending.take();
        return { outcome: { name: 'isolated' } };
      },
    );
    await expect(paused).rejects.toBeInstanceOf(PausedError);
    expect({ taken, givenBack }).toEqual({ taken: 1, givenBack: 1 });
  });

  test.each([true, new RetryableError('SlowDown', 'nobody can tell')])(
    'keeps the units of its limits where it failed once the copy is there, since the next handling takes none: %s',
    async (there) => {
      copied = there;
      const failing = withinBudget(allowance({ under: [rule, bucket] }), async (spending) => {
        await spending.take();
        throw new RetryableError('SlowDown', 'later');
      });
      await expect(failing).rejects.toThrow('later');
      expect({ taken, givenBack }).toEqual({ taken: 3, givenBack: 1 });
    },
  );

  test.each([new HandedBackError(), new IsolationFaultError('AccessDenied', 'no')])(
    'gives its units back without a look where no copy was made: %s',
    async (error) => {
      copied = new Error('asked');
      const failing = withinBudget(allowance({ under: [rule] }), async (spending) => {
        await spending.take();
        throw error;
      });
      await expect(failing).rejects.toBe(error);
      expect({ taken, givenBack }).toEqual({ taken: 2, givenBack: 2 });
    },
  );

  test('that was begun takes no unit of a limit, and is finished whatever the limits say', async () => {
    copied = true;
    spentLimits = ['rule', 'bucket'];
    const begun = allowance({ under: [rule, bucket], mayBeBegun: true });
    const answer = await withinBudget(begun, async (spending) => {
      expect(await spending.take()).toBeUndefined();
      return { outcome: { name: 'isolated' } };
    });
    expect(answer.outcome.name).toBe('isolated');
    expect({ taken, givenBack }).toEqual({ taken: 1, givenBack: 0 });
  });

  test('gives back what it took where another limit cannot be asked', async () => {
    const take = async ({ of }: Limit) => {
      if (of === 'bucket') throw new RetryableError('SlowDown', 'later');
      return unit();
    };
    const failing = withinBudget(allowance({ under: [rule, bucket], limits: { take } }), async (spending) => {
      await spending.take();
      return { outcome: { name: 'isolated' } };
    });
    await expect(failing).rejects.toThrow('later');
    expect({ taken, givenBack }).toEqual({ taken: 1, givenBack: 1 });
  });

  test('that came before and was not begun takes its units', async () => {
    await withinBudget(allowance({ under: [rule, bucket], mayBeBegun: true }), async (spending) => {
      await spending.take();
      return { outcome: { name: 'isolated' } };
    });
    expect({ taken, givenBack }).toEqual({ taken: 3, givenBack: 0 });
  });

  test.each([
    [['rule'], 'rule-limit', 0],
    [['bucket'], 'bucket-limit', 1],
    [['rule', 'bucket'], 'rule-limit', 0],
  ] as const)('is told which limit is reached, and keeps no unit: %s', async (spent, reason, units) => {
    spentLimits = spent;
    await withinBudget(allowance({ under: [rule, bucket] }), async (spending) => {
      expect(await spending.take()).toBe(reason);
      return { outcome: { name: 'held', reason } };
    });
    expect({ taken, givenBack }).toEqual({ taken: units, givenBack: units });
  });
});
