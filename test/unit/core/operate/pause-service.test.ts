import { beforeEach, describe, expect, test } from 'vitest';
import { budgetKey, pauseKey } from '../../../../src/core/evidence/keys.ts';
import {
  PauseChangedError,
  PauseHoldsLongerError,
  pauseService,
  readValve,
  resumeService,
} from '../../../../src/core/operate/pause-service.ts';
import { formatBudget } from '../../../../src/core/valve/budget.ts';
import type { ControlObjects } from '../../../../src/core/valve/control-objects.ts';
import { parsePause } from '../../../../src/core/valve/pause.ts';
import { createFakeControlObjects, type FakeControlObjects } from '../../../support/fake-control-objects.ts';

const at = new Date('2026-11-27T22:10:00Z');
const word = { by: 'ann', reason: 'wrong rule' };
let objects: FakeControlObjects;
const written = () => parsePause(objects.texts.get(pauseKey) ?? '');

beforeEach(() => {
  objects = createFakeControlObjects(at);
});

describe('a pause', () => {
  test('is written with its reason and S3’s time', async () => {
    await pauseService(objects, word);
    expect(written()).toEqual({ ...word, paused: true, since: at });
  });

  test('has an end where one is given', async () => {
    await pauseService(objects, word, 7_200_000);
    expect(written()?.until).toEqual(new Date('2026-11-28T00:10:00Z'));
  });

  test('keeps the budget that was in force', async () => {
    await resumeService(objects, word, 50);
    await pauseService(objects, word);
    expect(written()).toMatchObject({ paused: true, budget: 50 });
  });

  test.each([
    ['until a person resumes', undefined],
    ['for longer', 7_200_000],
  ])('ends no pause early that holds %s', async (_, heldMs) => {
    await pauseService(objects, word, heldMs);
    const before = objects.texts.get(pauseKey);
    await expect(pauseService(objects, word, 600_000)).rejects.toBeInstanceOf(PauseHoldsLongerError);
    expect(objects.texts.get(pauseKey)).toBe(before);
  });

  test('makes a pause longer, and follows one that is over', async () => {
    await pauseService(objects, word, 600_000);
    await pauseService(objects, word, 7_200_000);
    expect(written()?.until).toEqual(new Date('2026-11-28T00:10:00Z'));
    await resumeService(objects, word);
    await pauseService(objects, word, 600_000);
    expect(written()?.paused).toBe(true);
    objects.at = new Date(objects.at.getTime() + 600_000);
    await pauseService(objects, word, 60_000);
    expect(written()?.since).toEqual(objects.at);
  });

  test('replaces one that is damaged', async () => {
    objects.put(pauseKey, '{');
    await pauseService(objects, word);
    expect(written()?.paused).toBe(true);
  });

  test('does not replace one that somebody else wrote at the same moment', async () => {
    objects.before = (call) => {
      if (call === 'write') objects.put(pauseKey, 'of somebody else');
    };
    await expect(pauseService(objects, word)).rejects.toBeInstanceOf(PauseChangedError);
    expect(objects.texts.get(pauseKey)).toBe('of somebody else');
  });
});

describe('an order whose answer was lost', () => {
  test('is done where the client has written it twice, and is nobody else’s', async () => {
    const lost: ControlObjects = {
      read: (key) => objects.read(key),
      async write(key, text, ifMatch) {
        await objects.write(key, text, ifMatch);
        return objects.write(key, text, ifMatch);
      },
    };
    await pauseService(lost, word);
    expect(written()).toMatchObject({ paused: true, reason: 'wrong rule' });
    await resumeService(lost, word);
    expect(written()?.paused).toBe(false);
  });
});

describe('a resumption', () => {
  test('ends the pause and takes its budget away', async () => {
    await resumeService(objects, word, 50);
    await resumeService(objects, word);
    expect(written()).toEqual({ ...word, paused: false, since: at });
  });

  test('starts a new count even where the last one began in the same second', async () => {
    const countFrom = new Date(at.getTime());
    const count = { hour: '2026-11-27T22', budget: 5, leased: 5, countFrom, alerted: true };
    objects.put(budgetKey, formatBudget(count));
    await resumeService(objects, word);
    expect(written()?.since).toEqual(new Date(at.getTime() + 1));
  });
});

describe('the state', () => {
  test('of a service that was never paused is empty', async () => {
    expect(await readValve(objects)).toEqual({
      at,
      pause: undefined,
      spentSince: undefined,
      budget: undefined,
      leased: undefined,
      countFrom: undefined,
      damaged: [],
    });
  });

  test('tells of the budget and of what cannot be understood', async () => {
    const count = {
      hour: '2026-11-27T22',
      budget: 5,
      leased: 4,
      countFrom: at,
      spentSince: at,
      alerted: true,
    };
    objects.put(budgetKey, formatBudget(count));
    objects.put(pauseKey, 'x');
    expect(await readValve(objects)).toMatchObject({
      spentSince: at,
      budget: 5,
      leased: 4,
      damaged: [pauseKey],
    });
    objects.put(budgetKey, 'x');
    expect((await readValve(objects)).damaged).toEqual([pauseKey, budgetKey]);
  });
});
