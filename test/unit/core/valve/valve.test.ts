import { beforeEach, describe, expect, test } from 'vitest';
import { RetryableError } from '../../../../src/core/errors.ts';
import { budgetKey, pauseKey } from '../../../../src/core/evidence/keys.ts';
import { resumeService } from '../../../../src/core/operate/pause-service.ts';
import { type Budget, formatBudget, parseBudget } from '../../../../src/core/valve/budget.ts';
import { formatPause, type Pause } from '../../../../src/core/valve/pause.ts';
import { createSharedClock } from '../../../../src/core/valve/shared-clock.ts';
import { createValve, type Valve } from '../../../../src/core/valve/valve.ts';
import { createFakeControlObjects, type FakeControlObjects } from '../../../support/fake-control-objects.ts';

const start = new Date('2026-11-27T22:10:00Z');
let objects: FakeControlObjects;
let elapsed: number;
let told: Budget[];
let telling: () => Promise<void>;
/** Workers that step aside come back after different numbers of ticks. */
let turn = 1;

beforeEach(() => {
  objects = createFakeControlObjects(start);
  elapsed = 0;
  told = [];
  telling = async () => undefined;
});

const valve = (perHour = 1_000): Valve =>
  createValve({
    objects,
    perHour,
    async alertSpent(count) {
      await telling();
      told.push(count);
    },
    clock: createSharedClock(() => elapsed),
    async stepAside() {
      turn = (turn * 48_271) % 2_147_483_647;
      for (let i = turn % 64; i > 0; i--) await Promise.resolve();
    },
  });
const opened = async (perHour?: number): Promise<Valve> => {
  const made = valve(perHour);
  await made.refresh();
  return made;
};
const later = (milliseconds: number) => {
  elapsed += milliseconds;
  objects.at = new Date(objects.at.getTime() + milliseconds);
};
const storedBudget = () => parseBudget(objects.texts.get(budgetKey) ?? '');
const pauseAs = (fields: Partial<Pause>) =>
  objects.put(
    pauseKey,
    formatPause({ paused: true, by: 'ann', reason: 'wrong rule', since: objects.at, ...fields }),
  );
const resume = (budget?: number) => pauseAs({ paused: false, ...(budget !== undefined && { budget }) });
/** Takes until the valve closes. */
const takeAll = async (from: Valve, most = 10_000): Promise<number> => {
  for (let taken = 0; taken < most; taken++) if ((await from.take()) === undefined) return taken;
  return most;
};

describe('without objects', () => {
  test('work may be done, and a hundredth of the budget is leased at a time', async () => {
    const open = await opened();
    expect(open.closed).toBeUndefined();
    expect(open.remaining).toBe(1_000);
    for (let i = 0; i < 10; i++) expect(await open.take()).toBeDefined();
    expect(objects.writes).toHaveLength(1);
    await open.take();
    expect(storedBudget()?.leased).toBe(20);
    expect(open.remaining).toBe(980);
  });

  test('nothing is done before both were read', async () => {
    const unread = valve();
    expect(unread.closed).toEqual({
      by: 'unknown',
      problem: 'control/pause.json and control/budget.json are not read yet',
    });
    expect(unread.remaining).toBeUndefined();
    expect(await unread.take()).toBeUndefined();
  });
});

describe('the budget', () => {
  test('is known once it was read, and is the one that a person gave from then on', async () => {
    const open = valve(500);
    expect(open.budget).toBeUndefined();
    await open.refresh();
    expect(open.budget).toBe(500);
    resume(50);
    await open.refresh();
    expect(open.budget).toBe(50);
  });

  test('lets nothing be done while nobody knows whether a person paused', async () => {
    const open = valve();
    await open.probe();
    expect(open.closed).toMatchObject({ by: 'unknown' });
    expect(await open.take()).toBeUndefined();
  });

  test('costs no write at a drain where every leased unit was used', async () => {
    const open = await opened(100);
    await open.take();
    await open.drain();
    expect(objects.writes).toHaveLength(1);
  });

  test('that a person renews while the alert is on its way is not marked as alerted', async () => {
    const open = await opened(1);
    await takeAll(open);
    telling = async () => {
      later(1_000);
      resume();
      const other = await opened(1);
      await other.take();
    };
    await open.refresh();
    expect(told).toHaveLength(1);
    expect(storedBudget()).toMatchObject({ alerted: false, leased: 1 });
  });

  test('is never exceeded by ten workers, and most of it is used', async () => {
    const workers = await Promise.all(Array.from({ length: 10 }, () => opened(500)));
    const taken = await Promise.all(workers.map((worker) => takeAll(worker)));
    const sum = taken.reduce((total, count) => total + count, 0);
    expect(sum).toBeLessThanOrEqual(500);
    expect(sum).toBeGreaterThanOrEqual(500 - 10 * 5);
    expect(storedBudget()).toMatchObject({ leased: 500, spentSince: start });
  });

  test('pauses the service when it is spent, for other workers too, until a person resumes', async () => {
    const [first, second] = [await opened(3), await opened(3)];
    expect(await takeAll(first)).toBe(3);
    expect(first.closed).toMatchObject({ by: 'budget' });
    await second.refresh();
    expect(second.closed).toMatchObject({ by: 'budget' });
    later(3_600_000);
    await first.refresh();
    expect(first.closed).toMatchObject({ by: 'budget' });
    resume();
    await first.refresh();
    expect(first.closed).toBeUndefined();
    expect(await takeAll(first)).toBe(3);
  });

  test('stays spent under the pause of a person, and people are told of it', async () => {
    const [first, second] = [await opened(3), await opened(3)];
    await takeAll(first);
    pauseAs({});
    await first.refresh();
    await second.refresh();
    expect(second.closed).toMatchObject({ by: 'person' });
    expect(second.spent).toMatchObject({ budget: 3, leased: 3 });
    expect(told).toHaveLength(1);
    resume();
    await second.refresh();
    expect(second.spent).toBeUndefined();
  });

  test('is counted anew with the hour while it is not spent', async () => {
    const open = await opened(5);
    await open.take();
    await open.take();
    later(3_600_000);
    await open.refresh();
    expect(await takeAll(open)).toBe(5);
  });

  test('takes a unit that was given back again, and all of them at the end', async () => {
    const open = await opened();
    const unit = await open.take();
    unit?.giveBack();
    await open.drain();
    expect(storedBudget()?.leased).toBe(0);
    await open.drain();
    expect(objects.writes).toHaveLength(2);
  });

  test('takes units back once where the answer to a drain is lost and the client repeats the write', async () => {
    const [other, open] = [await opened(), await opened()];
    for (let i = 0; i < 10; i++) await other.take();
    await open.take();
    objects.losesAnswers = true;
    await open.drain();
    expect(storedBudget()?.leased).toBe(11);
  });

  test('takes units back where others have written since this worker read it', async () => {
    const [other, open] = [await opened(), await opened()];
    await open.take();
    await other.refresh();
    await other.take();
    await open.drain();
    expect(storedBudget()?.leased).toBe(11);
  });

  test('keeps units leased where another worker writes at the moment of a drain', async () => {
    const open = await opened();
    await open.take();
    objects.before = (call) => {
      if (call === 'write') objects.put(budgetKey, objects.texts.get(budgetKey) ?? '');
    };
    await open.drain();
    expect(storedBudget()?.leased).toBe(10);
  });

  test('leases of an hour that is over are void', async () => {
    const open = await opened();
    await open.take();
    later(3_600_000);
    expect(await open.take()).toBeDefined();
    expect(storedBudget()).toMatchObject({ hour: '2026-11-27T23', leased: 10 });
  });

  test('has no fewer units left than none', async () => {
    objects.put(budgetKey, formatBudget({ ...count(), budget: 5, leased: 7 }));
    expect((await opened()).remaining).toBe(0);
  });

  test('is leased once for findings that come at the same moment', async () => {
    const open = await opened();
    const units = await Promise.all([open.take(), open.take(), open.take()]);
    expect(units.every((unit) => unit !== undefined)).toBe(true);
    expect(objects.writes).toHaveLength(1);
  });

  test('leases of an hour that the answer to the lease ends are void', async () => {
    const open = await opened();
    let writes = 0;
    objects.before = (call) => {
      if (call === 'write' && writes++ === 0) objects.at = new Date(objects.at.getTime() + 3_600_000);
    };
    expect(await open.take()).toBeDefined();
    expect(storedBudget()).toMatchObject({ hour: '2026-11-27T23', leased: 10 });
  });

  test('that another worker spends at the same moment is not written again', async () => {
    const open = await opened(1);
    objects.before = (call) => {
      if (call === 'write')
        objects.put(budgetKey, formatBudget({ ...count(), budget: 1, spentSince: start }));
    };
    expect(await open.take()).toBeUndefined();
    expect(objects.writes).toHaveLength(0);
  });

  test('nothing is given back to the count of another hour', async () => {
    const open = await opened();
    await open.take();
    later(3_600_000);
    const other = await opened();
    await other.take();
    await open.drain();
    expect(storedBudget()?.leased).toBe(10);
  });

  test('leases of a count that a person ended are void', async () => {
    const open = await opened();
    await open.take();
    later(60_000);
    resume();
    await (await opened()).take();
    await open.refresh();
    await open.take();
    expect(storedBudget()?.leased).toBe(20);
  });

  test('leases of a count that a person ended are void, though nobody has leased of the new one yet', async () => {
    const open = await opened();
    await open.take();
    later(60_000);
    resume(4);
    await open.refresh();
    expect(await takeAll(open)).toBe(4);
    expect(storedBudget()).toMatchObject({ budget: 4, leased: 4 });
  });

  test('is never exceeded where the clock of S3 jumps an hour back and forth', async () => {
    const workers = [await opened(), await opened()];
    let taken = 0;
    for (const jump of [-3_600_000, 3_600_000, -3_600_000, 0]) {
      objects.at = new Date(objects.at.getTime() + jump);
      for (const worker of workers) taken += await takeAll(worker, 200);
    }
    expect(taken).toBe(1_000);
    expect(storedBudget()).toMatchObject({ hour: '2026-11-27T22', leased: 1_000 });
  });

  test('that a wrong date of S3 has put into the future closes when it is spent, and a person mends it', async () => {
    const open = await opened();
    objects.at = new Date('2030-01-01T00:00:00Z');
    await open.refresh();
    await open.take();
    objects.at = start;
    expect(await takeAll(open)).toBe(999);
    expect(open.closed).toMatchObject({ by: 'budget' });
    await resumeService(objects, { by: 'ann', reason: 'S3 named a wrong date' });
    await open.refresh();
    expect(await takeAll(open)).toBe(1_000);
    expect(storedBudget()).toMatchObject({ hour: '2026-11-27T22', leased: 1_000 });
  });

  test('follows S3 and not the clock of the worker', async () => {
    elapsed = Date.parse('2031-01-01T00:00:00Z');
    const open = await opened();
    await open.take();
    expect(storedBudget()?.hour).toBe('2026-11-27T22');
  });

  test('gives way to workers that write at the same moment', async () => {
    const open = await opened();
    let rivals = 3;
    objects.before = (call) => {
      if (call === 'write' && rivals-- > 0) {
        const leased = (storedBudget()?.leased ?? 0) + 10;
        objects.put(
          budgetKey,
          formatBudget({ hour: '2026-11-27T22', budget: 1_000, leased, countFrom: start, alerted: false }),
        );
      }
    };
    expect(await open.take()).toBeDefined();
    expect(storedBudget()?.leased).toBe(40);
  });

  test('hands the finding back where others are always first', async () => {
    const open = await opened();
    let tries = 0;
    objects.before = (call) => {
      if (call !== 'write') return;
      tries++;
      objects.put(budgetKey, objects.texts.get(budgetKey) ?? formatBudget(count()));
    };
    await expect(open.take()).rejects.toMatchObject({
      code: 'BudgetContention',
      message: 'control/budget.json was written by others 20 times in a row',
    });
    expect(tries).toBe(20);
    expect(objects.writes).toHaveLength(0);
  });
});

function count(): Budget {
  return { hour: '2026-11-27T22', budget: 1_000, leased: 0, countFrom: start, alerted: false };
}

describe('a probe', () => {
  test('writes the budget as it is', async () => {
    const open = await opened();
    await open.take();
    const before = storedBudget();
    await open.probe();
    expect(objects.writes).toHaveLength(2);
    expect(storedBudget()).toEqual(before);
  });

  test('is refused where a lease would be', async () => {
    const open = await opened();
    objects.before = () => {
      throw new RetryableError('AccessDenied', 'no');
    };
    await expect(open.probe()).rejects.toThrow('no');
  });
});

describe('people', () => {
  test('are told once that the budget is spent, by whichever worker', async () => {
    const [first, second] = [await opened(1), await opened(1)];
    await takeAll(first);
    await first.refresh();
    await second.refresh();
    await first.refresh();
    expect(told).toHaveLength(1);
    expect(storedBudget()?.alerted).toBe(true);
  });

  test('are told by another worker a minute later where the one that spent the budget died', async () => {
    const [first, second] = [await opened(1), await opened(1)];
    await takeAll(first);
    await second.refresh();
    expect(told).toHaveLength(0);
    later(59_999);
    await second.refresh();
    expect(told).toHaveLength(0);
    later(1);
    await second.refresh();
    expect(told).toHaveLength(1);
    expect(storedBudget()?.alerted).toBe(true);
  });

  test('are not told again by a worker that looks long after they were told', async () => {
    const spender = await opened(3);
    await takeAll(spender);
    await spender.refresh();
    later(3_600_000);
    const other = await opened(3);
    await other.refresh();
    expect(told).toHaveLength(1);
  });

  test('are told at the next refresh where telling failed', async () => {
    const open = await opened(1);
    await takeAll(open);
    telling = () => Promise.reject(new RetryableError('Throttling', 'later'));
    await open.refresh();
    expect(storedBudget()?.alerted).toBe(false);
    telling = async () => undefined;
    await open.refresh();
    expect(told).toHaveLength(1);
    expect(storedBudget()?.alerted).toBe(true);
  });

  test('are told once by a worker that cannot note it, and the note is written once it can be', async () => {
    const open = await opened(1);
    await takeAll(open);
    objects.before = (call) => {
      if (call === 'write') throw new RetryableError('AccessDenied', 'no');
    };
    await open.refresh();
    await open.refresh();
    expect(told).toHaveLength(1);
    objects.before = () => undefined;
    await open.refresh();
    expect(told).toHaveLength(1);
    expect(storedBudget()?.alerted).toBe(true);
  });

  test('are told again of the next count that is spent', async () => {
    const open = await opened(1);
    await takeAll(open);
    await open.refresh();
    later(1_000);
    resume();
    await open.refresh();
    await takeAll(open);
    await open.refresh();
    expect(told).toHaveLength(2);
  });
});

describe('a pause', () => {
  test('stops what has not taken a unit', async () => {
    const open = await opened();
    await open.take();
    pauseAs({});
    await open.refresh();
    expect(open.closed).toMatchObject({ by: 'person', pause: { reason: 'wrong rule', by: 'ann' } });
    expect(await open.take()).toBeUndefined();
  });

  test('ends by itself at its end, by S3’s clock', async () => {
    pauseAs({ until: new Date('2026-11-27T22:20:00Z') });
    const open = await opened();
    later(599_999);
    expect(open.closed).toMatchObject({ by: 'person' });
    later(1);
    expect(open.closed).toBeUndefined();
  });

  test('that ended by itself leaves a spent budget spent', async () => {
    const open = await opened(1);
    await takeAll(open);
    pauseAs({ until: new Date(objects.at.getTime() + 1_000) });
    later(2_000);
    await open.refresh();
    expect(open.closed).toMatchObject({ by: 'budget' });
  });

  test('may end with another budget', async () => {
    const open = await opened(1);
    await takeAll(open);
    later(1_000);
    resume(4);
    await open.refresh();
    expect(await takeAll(open)).toBe(4);
  });
});

describe('objects that cannot be used', () => {
  test('a damaged pause pauses, and says how it is mended', async () => {
    objects.put(pauseKey, '{"paused":false}');
    const open = await opened();
    expect(open.closed).toEqual({
      by: 'unknown',
      problem:
        'control/pause.json is damaged: `macie-isolator resume --reason ...` writes it anew and starts a new count',
    });
    resume();
    await open.refresh();
    expect(open.closed).toBeUndefined();
  });

  test('a damaged budget pauses until a person resumes, and is then written anew', async () => {
    objects.put(budgetKey, 'leased: 12');
    const open = await opened();
    expect(open.closed).toMatchObject({
      by: 'unknown',
      problem: expect.stringContaining(budgetKey) as string,
    });
    expect(await open.take()).toBeUndefined();
    later(1_000);
    resume();
    await open.refresh();
    expect(await open.take()).toBeDefined();
    expect(storedBudget()).toMatchObject({ leased: 10, countFrom: objects.at });
  });

  test('a damaged budget is never written over before a person resumes', async () => {
    objects.put(budgetKey, 'leased: 12');
    const open = await opened();
    await open.probe();
    expect(objects.texts.get(budgetKey)).toBe('leased: 12');
  });

  test('a damaged budget is left alone by a probe before anything was read', async () => {
    objects.put(budgetKey, 'leased: 12');
    await valve().probe();
    expect(objects.texts.get(budgetKey)).toBe('leased: 12');
  });

  test('a resumption in the second in which the budget was damaged replaces it', async () => {
    objects.put(budgetKey, 'leased: 12');
    resume();
    expect((await opened()).closed).toBeUndefined();
  });

  test('a budget that was damaged after the resumption pauses again', async () => {
    resume();
    later(1_000);
    objects.put(budgetKey, '');
    expect((await opened()).closed).toMatchObject({ by: 'unknown' });
  });

  test('objects that cannot be read at the start pause, and the error is named', async () => {
    objects.before = () => {
      throw new RetryableError('AccessDenied', 'no');
    };
    const open = valve();
    await expect(open.refresh()).rejects.toThrow('no');
    expect(open.closed).toEqual({
      by: 'unknown',
      problem:
        "control/pause.json and control/budget.json cannot be read (AccessDenied): let the worker's role read them, and check that the account in QUEUE_URL owns the bucket",
    });
  });

  test('objects that cannot be read later leave the last known state', async () => {
    const open = await opened();
    await open.take();
    objects.before = () => {
      throw new RetryableError('Timeout', 'away');
    };
    await expect(open.refresh()).rejects.toThrow('away');
    expect(open.closed).toBeUndefined();
    expect(await open.take()).toBeDefined();
  });

  /** From here on, S3 refuses to read the object. */
  const refuse = (refused: string) => {
    objects.before = (call, key) => {
      if (call === 'read' && key === refused) throw new RetryableError('SlowDown', 'later');
    };
  };

  test('a budget that cannot be read does not hide a pause', async () => {
    const open = await opened();
    await open.take();
    pauseAs({});
    refuse(budgetKey);
    await expect(open.refresh()).rejects.toThrow('later');
    expect(open.closed).toMatchObject({ by: 'person', pause: { by: 'ann' } });
    expect(await open.take()).toBeUndefined();
  });

  test('a pause that cannot be read does not hide that the budget is spent', async () => {
    const [first, second] = [await opened(1), await opened(1)];
    await takeAll(first);
    refuse(pauseKey);
    await expect(second.refresh()).rejects.toThrow('later');
    expect(second.closed).toMatchObject({ by: 'budget' });
    await expect(first.refresh()).rejects.toThrow('later');
    expect(told).toHaveLength(1);
    expect(storedBudget()?.alerted).toBe(true);
  });

  test('people are not alerted about a spent budget while it cannot be read', async () => {
    const open = await opened(1);
    await takeAll(open);
    refuse(budgetKey);
    await expect(open.refresh()).rejects.toThrow('later');
    expect(told).toHaveLength(0);
  });

  test.each([
    [pauseKey, budgetKey],
    [budgetKey, pauseKey],
  ])('at the start %s alone is named where it cannot be read', async (refused, other) => {
    refuse(refused);
    const open = valve();
    await expect(open.refresh()).rejects.toThrow('later');
    const closed = open.closed as Extract<typeof open.closed, { by: 'unknown' }>;
    expect(closed.problem).toContain(`${refused} cannot be read (SlowDown)`);
    expect(closed.problem).not.toContain(other);
  });

  test('a unit that cannot be leased sends the finding back', async () => {
    const open = await opened(1);
    objects.before = () => {
      throw new RetryableError('Timeout', 'away');
    };
    await expect(open.take()).rejects.toThrow('away');
  });
});
