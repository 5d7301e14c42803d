import { beforeEach, describe, expect, test } from 'vitest';
import { PausedError, RetryableError } from '../../../../src/core/errors.ts';
import { withinBudget } from '../../../../src/core/isolate/within-budget.ts';
import type { IsolationResult } from '../../../../src/core/isolation.ts';

const none = { removedVersions: [], remainingVersions: ['v1'], uncomparedVersions: [] };
let taken: number;
let givenBack: number;
const budget = {
  async take() {
    taken++;
    return { giveBack: () => void givenBack++ };
  },
};

beforeEach(() => {
  taken = 0;
  givenBack = 0;
});

const ending = (isolation: IsolationResult) =>
  withinBudget(budget, async (spending) => {
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

  test('gives its unit back where it removed nothing', async () => {
    await ending({ outcome: { name: 'released' } });
    await ending({
      outcome: { name: 'retained', reason: 'locked' },
      removal: { kind: 'retained', reason: 'locked', ...none },
    });
    expect({ taken, givenBack }).toEqual({ taken: 2, givenBack: 2 });
  });

  test('gives its unit back where it failed before it removed anything', async () => {
    const failing = withinBudget(budget, async (spending) => {
      await spending.take();
      throw new RetryableError('SlowDown', 'later');
    });
    await expect(failing).rejects.toThrow('later');
    expect(givenBack).toBe(1);
  });

  test('keeps its unit where it failed while it removed', async () => {
    const failing = withinBudget(budget, async (spending) => {
      await spending.take();
      spending.mayRemove();
      throw new RetryableError('SlowDown', 'later');
    });
    await expect(failing).rejects.toThrow('later');
    expect(givenBack).toBe(0);
  });

  test('that copies nothing needs no unit', async () => {
    await withinBudget(budget, async () => ({ outcome: { name: 'already_isolated' } }));
    expect({ taken, givenBack }).toEqual({ taken: 0, givenBack: 0 });
  });

  test('goes back to the queue while the service is paused', async () => {
    const paused = withinBudget({ take: async () => undefined }, async (spending) => {
      await spending.take();
      return { outcome: { name: 'isolated' } };
    });
    await expect(paused).rejects.toBeInstanceOf(PausedError);
  });
});
