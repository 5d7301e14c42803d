import { describe, expect, test } from 'vitest';
import { budgetKey, pauseKey } from '../../../../src/core/evidence/keys.ts';
import { pauseService, readValve, resumeService } from '../../../../src/core/operate/pause-service.ts';
import { isPaused } from '../../../../src/core/operate/valve-state.ts';
import { formatBudget, parseBudget } from '../../../../src/core/valve/budget.ts';
import { formatPause, parsePause } from '../../../../src/core/valve/pause.ts';
import { createSharedClock } from '../../../../src/core/valve/shared-clock.ts';
import { createValve, type Valve } from '../../../../src/core/valve/valve.ts';
import { createFakeControlObjects, type FakeControlObjects } from '../../../support/fake-control-objects.ts';

const now = new Date('2026-11-27T22:10:00Z');
const perHour = 7;
const word = { by: 'ann', reason: 'mended' };

const budget: Readonly<Record<string, unknown>> = JSON.parse(
  formatBudget({
    hour: '2026-11-27T22',
    budget: 5,
    leased: 0,
    countFrom: new Date('2026-11-27T22:00:00Z'),
    alerted: false,
  }),
);
const pause: Readonly<Record<string, unknown>> = JSON.parse(
  formatPause({
    paused: false,
    by: 'ann',
    reason: 'go on',
    since: new Date('2026-11-27T22:05:00Z'),
    budget: 6,
  }),
);

/** What a stolen worker, a wrong hand or a damaged store may leave in a field, and whole objects. */
const values = [
  '',
  '5',
  'true',
  true,
  false,
  null,
  0,
  -1,
  -0.5,
  1.5,
  1e300,
  2 ** 53,
  [],
  {},
  [5],
  '2026-11-27T22',
  '9999-99-99T99',
  '0000-01-01T00',
  '0001-01-01T00:00:00Z',
  '9999-12-31T23:59:59.999Z',
  '9999-12-31T23:59:59-23:59',
  '2026-11-27T22:10:00',
  '+010000-01-01T00:00:00.000Z',
  '2999-01-01T00:00:00Z',
];
const texts = [
  '',
  ' ',
  'null',
  '[]',
  '"paused"',
  '0',
  '{',
  '{}',
  '\u0000',
  '\ufeff{}',
  'NaN',
  '{"version":1e999}',
  '['.repeat(20_000),
];
const withEach = (object: Readonly<Record<string, unknown>>) => [
  ...texts,
  ...Object.keys(object).flatMap((field) => [
    ...values.map((value) => JSON.stringify({ ...object, [field]: value })),
    JSON.stringify({ ...object, [field]: undefined }),
    JSON.stringify(object).replace(`"${field}":`, `"${field}":1e999,"_":`),
  ]),
];

async function opened(objects: FakeControlObjects): Promise<Valve> {
  const made = createValve({
    objects,
    perHour,
    alertSpent: async () => undefined,
    clock: createSharedClock(() => 0),
    stepAside: async () => undefined,
  });
  await made.refresh();
  return made;
}
async function takeAll(valve: Valve): Promise<number> {
  for (let taken = 0; taken < 100; taken++) if ((await valve.take()) === undefined) return taken;
  return 100;
}
const about = (text: string) => text.slice(0, 120);

describe('whatever lies in the objects of the valve', () => {
  test.each([
    [budgetKey, withEach(budget)],
    [pauseKey, withEach(pause)],
  ])(
    '%s: the fleet takes no more than one of the budgets that are written, and a person can pause and resume',
    async (key, bodies) => {
      for (const text of bodies) {
        const objects = createFakeControlObjects(now);
        objects.put(key, text);
        const valve = await opened(objects);
        // A count of an earlier hour is over, and the setting applies.
        const whole = Math.max(perHour, parseBudget(text)?.budget ?? parsePause(text)?.budget ?? 0);
        expect(await takeAll(valve), about(text)).toBeLessThanOrEqual(whole);

        objects.at = new Date(objects.at.getTime() + 60_000);
        await pauseService(objects, word);
        expect((await opened(objects)).closed, about(text)).toBeDefined();
        expect(await takeAll(await opened(objects)), about(text)).toBe(0);

        objects.at = new Date(objects.at.getTime() + 60_000);
        await resumeService(objects, word, 3);
        expect((await opened(objects)).closed, about(text)).toBeUndefined();
        expect(await takeAll(await opened(objects)), about(text)).toBe(3);
        expect(isPaused(await readValve(objects)), about(text)).toBe(true);

        objects.at = new Date(objects.at.getTime() + 60_000);
        await resumeService(objects, word, 3);
        expect(isPaused(await readValve(objects)), about(text)).toBe(false);
        expect(await takeAll(await opened(objects)), about(text)).toBe(3);
      }
    },
  );
});
