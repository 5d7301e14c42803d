import { describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { flagMany } from '../support/flag-many.ts';
import { inTheMiddleOfAnHour } from '../support/middle-of-hour.ts';
import type { World, WorldOptions } from '../support/world.ts';
import { worldsOfEachTest } from '../support/worlds.ts';

const start = worldsOfEachTest(() => ({ s3: { now: inTheMiddleOfAnHour() } }));
const open = (env: Readonly<Record<string, string>>, more: WorldOptions = {}) => start({ ...more, env });

const resultsOf = (world: World, ids: readonly string[], outcome = 'isolated') =>
  ids
    .map((id) => String(world.record(id, outcome)?.alert_result))
    .toSorted((one, other) => one.localeCompare(other));
const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);
const subjects = async (world: World) => (await world.alerts()).map(({ subject }) => subject);

describe('a digest', () => {
  it('tells in one message what came beyond ALERTS_PER_MINUTE; its messages wait outside their slots and are acknowledged after it', async () => {
    const world = await open({ ALERTS_PER_MINUTE: '2', CONCURRENCY: '2' }, { digestEveryMs: 5_000 });
    const { bucket, ids } = await flagMany(world, 8);

    // All objects go although two slots wait: the messages of the digest have left theirs.
    await eventually(() => ids.every((_, index) => world.text(bucket, `in/${index}.csv`) === undefined));
    expect(world.recordKeys().length).toBeLessThanOrEqual(2);

    await eventually(() => world.recordKeys().length === 8);
    expect(resultsOf(world, ids)).toEqual([...Array(6).fill('folded'), 'sent', 'sent']);
    await eventually(async () => (await world.waiting()) === 0);
    const told = await subjects(world);
    expect(told).toHaveLength(3);
    expect(told).toContain('[macie-isolator] 6 findings summed up: 6 isolated');
    expect(await world.worker.metrics()).toContain('isolator_alerts_total{result="folded"} 6');
  });

  it('is sent when the worker stops', async () => {
    const world = await open({ ALERTS_PER_MINUTE: '1' });
    const { bucket, ids } = await flagMany(world, 5);
    await eventually(() => ids.every((_, index) => world.text(bucket, `in/${index}.csv`) === undefined));
    expect(world.recordKeys().length).toBeLessThanOrEqual(1);

    await world.worker.stop('the end of the test');
    expect(resultsOf(world, ids)).toEqual([...Array(4).fill('folded'), 'sent']);
    expect(await world.waiting()).toBe(0);
    // What folds while the worker stops comes in a digest of its own.
    const summedUp = (await subjects(world)).map(
      (subject) => / (\d+) findings? summed up/.exec(subject)?.[1],
    );
    expect(summedUp.filter((count) => count === undefined)).toHaveLength(1);
    expect(sum(summedUp.map((count = '0') => Number(count)))).toBe(4);
  });

  it('that is not accepted lets its messages come again, and nothing is lost', async () => {
    const world = await open(
      { ALERTS_PER_MINUTE: '1', BACKOFF_BASE_SECONDS: '1', BACKOFF_MAX_SECONDS: '1' },
      {
        digestEveryMs: 500,
        redirect: async ({ ALERT_TOPIC_ARN = '' }) => ({
          ALERT_TOPIC_ARN: `${ALERT_TOPIC_ARN}-that-nobody-has`,
        }),
      },
    );
    const { ids } = await flagMany(world, 3);
    for (const findingId of ids) await world.log.until('handling_failed', { findingId, code: 'AlertFailed' });
    expect(world.recordKeys()).toEqual([]);
    expect(await world.parked()).toEqual([]);
  });

  it('never holds what needs a person', async () => {
    const world = await open({ ALERTS_PER_MINUTE: '1' });
    await flagMany(world, 3);
    for (let index = 0; index < 3; index++) await world.send('no finding');
    await eventually(async () => {
      const rejected = (await subjects(world)).filter((subject) => subject.includes('rejected'));
      return rejected.length === 3;
    });
  });

  it('of held findings is one an hour, for which no message waits', async () => {
    const world = await open({ ISOLATION_BUDGET_PER_BUCKET_PER_HOUR: '1' });
    const { ids } = await flagMany(world, 6);
    await Promise.all(ids.map((id) => world.untilSettled(id)));
    const isHeld = (id: string) => world.record(id, 'held') !== undefined;
    const held = ids.filter(isHeld);
    expect(held).toHaveLength(5);
    expect(resultsOf(world, held, 'held')).toEqual([...Array(4).fill('folded'), 'sent']);

    await world.worker.stop('the end of the test');
    const told = await subjects(world);
    expect(told).toContain('[macie-isolator] 4 findings summed up: 4 held by a limit');
    expect(told).toHaveLength(3);
  });
});
