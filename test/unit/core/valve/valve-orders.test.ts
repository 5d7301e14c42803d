import { expect, test } from 'vitest';
import { budgetKey, limitKey } from '../../../../src/core/evidence/keys.ts';
import { pauseService, resumeService } from '../../../../src/core/operate/pause-service.ts';
import { formatBudget, parseBudget } from '../../../../src/core/valve/budget.ts';
import { parseLimitCount } from '../../../../src/core/valve/limit.ts';
import { createLimits } from '../../../../src/core/valve/limits.ts';
import { createSharedClock } from '../../../../src/core/valve/shared-clock.ts';
import { createValve, type Valve } from '../../../../src/core/valve/valve.ts';
import { createFakeControlObjects } from '../../../support/fake-control-objects.ts';
import { inEveryOrder, type Scheduler } from './every-order.ts';

const start = new Date('2026-11-27T22:59:59Z');
const word = { by: 'ann', reason: 'test' };

/** Workers that share one budget, and how many units each of them was given. */
function fleet(scheduler: Scheduler, perHour: number, names: readonly string[]) {
  const objects = createFakeControlObjects(start);
  const taken = new Map(names.map((name) => [name, 0]));
  const told: string[] = [];
  const valves = new Map<string, Valve>(
    names.map((name) => [
      name,
      createValve({
        objects: scheduler.objectsFor(name, objects),
        perHour,
        alertSpent: async () => void told.push(name),
        clock: createSharedClock(() => 0),
        stepAside: async () => undefined,
      }),
    ]),
  );
  const work = async (name: string, findings: number): Promise<void> => {
    const valve = valves.get(name);
    await valve?.refresh();
    for (let finding = 0; finding < findings; finding++) {
      const unit = await valve?.take();
      if (unit === undefined) break;
      taken.set(name, (taken.get(name) ?? 0) + 1);
    }
  };
  const drain = (name: string) => valves.get(name)?.drain();
  const lookAgain = (name: string) => valves.get(name)?.refresh();
  const sum = () => [...taken.values()].reduce((total, count) => total + count, 0);
  return {
    objects,
    work,
    drain,
    lookAgain,
    sum,
    told,
    stored: () => parseBudget(objects.texts.get(budgetKey) ?? ''),
  };
}

test('two workers never take more than the budget, whatever is answered first and whichever answer is lost', async () => {
  const orders = await inEveryOrder((scheduler) => {
    const { work, sum, stored } = fleet(scheduler, 3, ['a', 'b']);
    return {
      actors: [work('a', 2), work('b', 2)],
      check() {
        expect(sum()).toBeLessThanOrEqual(3);
        expect(stored()?.leased).toBeGreaterThanOrEqual(sum());
      },
    };
  }, 1);
  expect(orders).toBeGreaterThan(500);
});

test('a drain gives no unit back that was used, whatever is answered first and whichever answer is lost', async () => {
  await inEveryOrder((scheduler) => {
    const { drain, work, sum, stored } = fleet(scheduler, 300, ['a', 'b']);
    const workAndDrain = (name: string, findings: number) => work(name, findings).then(() => drain(name));
    return {
      actors: [workAndDrain('a', 1), work('b', 3)],
      check() {
        expect(stored()?.leased ?? 0).toBeGreaterThanOrEqual(sum());
      },
    };
  }, 1);
});

test('whoever resumes gives the fleet one budget more, and no lease of the old count outlives it twice', async () => {
  const orders = await inEveryOrder((scheduler) => {
    const { objects, work, sum } = fleet(scheduler, 1, ['a', 'b']);
    return {
      actors: [work('a', 1), work('b', 1), resumeService(scheduler.objectsFor('operator', objects), word)],
      check() {
        expect(sum()).toBeLessThanOrEqual(2);
      },
    };
  }, 0);
  expect(orders).toBeGreaterThan(1_000);
});

test('an hour that ends in between gives one budget more at the most', async () => {
  const orders = await inEveryOrder((scheduler) => {
    const { objects, work, sum } = fleet(scheduler, 1, ['a', 'b']);
    const tick = async () => {
      await scheduler.step('clock');
      objects.at = new Date('2026-11-27T23:00:00Z');
    };
    return {
      actors: [work('a', 2), work('b', 1), tick()],
      check() {
        expect(sum()).toBeLessThanOrEqual(2);
      },
    };
  }, 0);
  expect(orders).toBeGreaterThan(100);
});

test('people are told of a spent budget at least once, and nothing is taken under a pause that was read', async () => {
  const orders = await inEveryOrder((scheduler) => {
    const { objects, work, lookAgain, sum, told, stored } = fleet(scheduler, 1, ['a']);
    const operator = scheduler.objectsFor('operator', objects);
    return {
      actors: [work('a', 2).then(() => lookAgain('a')), pauseService(operator, word)],
      check() {
        expect(sum()).toBeLessThanOrEqual(1);
        if (stored()?.alerted) expect(told.length).toBeGreaterThanOrEqual(1);
        if (stored()?.spentSince === undefined) expect(told).toHaveLength(0);
      },
    };
  }, 1);
  expect(orders).toBeGreaterThan(10);
});

test('two workers that find the budget spent at once tell people once', async () => {
  await inEveryOrder((scheduler) => {
    const { objects, work, lookAgain, told, stored } = fleet(scheduler, 1, ['a', 'b']);
    // The explorer orders what follows the last unit, and not what leads to it.
    objects.put(
      budgetKey,
      formatBudget({ hour: '2026-11-27T22', budget: 1, leased: 1, countFrom: start, alerted: false }),
    );
    const spend = (name: string) => work(name, 1).then(() => lookAgain(name));
    return {
      actors: [spend('a'), spend('b')],
      check() {
        expect(stored()?.spentSince).toBeDefined();
        expect(told).toHaveLength(1);
      },
    };
  }, 0);
});

test('a resumption with a smaller budget gives no more than that, whatever was leased before', async () => {
  await inEveryOrder((scheduler) => {
    const { objects, work, lookAgain, sum } = fleet(scheduler, 300, ['a']);
    let atResumption = 0;
    const resume = async () => {
      await work('a', 1);
      await resumeService(scheduler.objectsFor('operator', objects), word, 1);
      await lookAgain('a');
      atResumption = sum();
      await work('a', 5);
    };
    return {
      actors: [resume()],
      check() {
        expect(sum() - atResumption).toBe(1);
      },
    };
  }, 0);
});

const limit = { of: 'rule', name: 'high-severity', perHour: 3 } as const;

test('two workers never take more than a limit, whatever is answered first and whichever answer is lost', async () => {
  const orders = await inEveryOrder((scheduler) => {
    const objects = createFakeControlObjects(start);
    let taken = 0;
    const work = async (name: string) => {
      const clock = createSharedClock(() => 0);
      clock.heard(start);
      const stepAside = async () => undefined;
      const limits = createLimits({ objects: scheduler.objectsFor(name, objects), clock, stepAside });
      for (let finding = 0; finding < 2; finding++) if (await limits.take(limit)) taken++;
    };
    return {
      actors: [work('a'), work('b')],
      check() {
        expect(taken).toBeLessThanOrEqual(3);
        const leased = parseLimitCount(objects.texts.get(limitKey('2026-11-27T22', limit)) ?? '')?.leased;
        expect(leased).toBeGreaterThanOrEqual(taken);
      },
    };
  }, 1);
  expect(orders).toBeGreaterThan(100);
});

test('a drain gives no unit of a limit back that was used, whatever is answered first and whichever answer is lost', async () => {
  await inEveryOrder((scheduler) => {
    const objects = createFakeControlObjects(start);
    let taken = 0;
    const work = async (name: string) => {
      const clock = createSharedClock(() => 0);
      clock.heard(start);
      const stepAside = async () => undefined;
      const limits = createLimits({ objects: scheduler.objectsFor(name, objects), clock, stepAside });
      for (let finding = 0; finding < 2; finding++)
        if (await limits.take({ ...limit, perHour: 300 })) taken++;
      await limits.drain();
    };
    return {
      actors: [work('a'), work('b')],
      check() {
        const { leased = 0 } =
          parseLimitCount(objects.texts.get(limitKey('2026-11-27T22', limit)) ?? '') ?? {};
        expect(leased).toBeGreaterThanOrEqual(taken);
      },
    };
  }, 1);
});

test('two workers never take more than a limit in each of two hours', async () => {
  await inEveryOrder((scheduler) => {
    const objects = createFakeControlObjects(start);
    let taken = 0;
    const work = async (name: string) => {
      const clock = createSharedClock(() => 0);
      clock.heard(start);
      const stepAside = async () => undefined;
      const limits = createLimits({ objects: scheduler.objectsFor(name, objects), clock, stepAside });
      for (let finding = 0; finding < 2; finding++) if (await limits.take({ ...limit, perHour: 1 })) taken++;
    };
    const tick = async () => {
      await scheduler.step('clock');
      objects.at = new Date('2026-11-27T23:00:00Z');
    };
    return {
      actors: [work('a'), work('b'), tick()],
      check() {
        expect(taken).toBeLessThanOrEqual(2);
      },
    };
  }, 0);
});
