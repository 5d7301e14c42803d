import { describe, expect, it } from 'vitest';
import { S3Error } from '../../src/local/s3/s3-error.ts';
import { commandLine } from '../support/command-line.ts';
import { eventually } from '../support/eventually.ts';
import { flagMany } from '../support/flag-many.ts';
import { inTheMiddleOfAnHour } from '../support/middle-of-hour.ts';
import { startBesides, type World } from '../support/world.ts';
import { worldsOfEachTest } from '../support/worlds.ts';

const open = worldsOfEachTest(() => ({ refreshEveryMs: 50, s3: { now: inTheMiddleOfAnHour() } }));

const run = (world: World, argv: readonly string[], answers?: string) =>
  commandLine(argv, { ...world.aws.workerEnvironment }, answers === undefined ? {} : { answers });
const readyz = async (world: World) => {
  const answer = await fetch(`http://127.0.0.1:${world.port}/readyz`);
  return {
    status: answer.status,
    body: (await answer.json()) as { paused?: { by: string; reason: string } },
  };
};
const metric = async ({ worker }: Pick<World, 'worker'>, name: string) =>
  new RegExp(`^${name} (\\S+)$`, 'm').exec(await worker.metrics())?.[1];
const left = (world: World, bucket: string) =>
  Array.from({ length: 30 }, (_, index) => world.text(bucket, `in/${index}.csv`)).filter(
    (text) => text !== undefined,
  ).length;
const stored = (world: World, key: string) =>
  JSON.parse(world.text(world.isolationBucket, key) ?? 'null') as Record<string, unknown> | null;
const overwrite = (world: World, key: string, text: string) => world.upload(world.isolationBucket, key, text);

describe('macie-isolator pause', () => {
  it('stops the worker, which stays ready and says why, and resume lets it go on', async () => {
    const world = await open();
    const paused = await run(world, ['pause', '--reason', 'the new rule', '--who', 'Ada', '--yes', '--json']);
    expect(paused).toMatchObject({ code: 0, err: 'Running.\n' });
    expect(JSON.parse(paused.out)).toMatchObject({
      items: [{ state: 'paused', by: 'Ada', reason: 'the new rule', until: null }],
    });
    await world.log.until('paused', { by: 'person', reason: 'the new rule' });

    const { bucket, ids } = await flagMany(world, 3);
    expect(await readyz(world)).toMatchObject({
      status: 200,
      body: { paused: { by: 'person', reason: 'the new rule' } },
    });
    expect(await metric(world, 'isolator_paused')).toBe('1');
    expect(left(world, bucket)).toBe(3);

    const resumed = await run(world, ['resume', '--reason', 'mended', '--who', 'Ada'], 'y\n');
    expect(resumed.code).toBe(0);
    expect(resumed.err).toContain('Paused by Ada since ');
    expect(resumed.err).toContain('3 findings wait. Resume with the budget of the workers’ settings? [y/N]');
    await world.log.until('resumed', {});
    await Promise.all(ids.map((id) => world.untilSettled(id)));
    expect(left(world, bucket)).toBe(0);
    expect(await metric(world, 'isolator_paused')).toBe('0');
  });

  it('ends by itself where it was given a time', async () => {
    const world = await open();
    const paused = await run(world, ['pause', '--reason', 'a minute', '--for', '1m', '--yes', '--jsonl']);
    const { since, until } = JSON.parse(paused.out) as { since: string; until: string };
    expect(Date.parse(until) - Date.parse(since)).toBe(60_000);
  });

  it('that would end the pause of somebody else early changes nothing, with a sentence', async () => {
    const world = await open();
    await run(world, ['pause', '--reason', 'case 4711', '--who', 'Ada', '--yes']);
    const before = stored(world, 'control/pause.json');

    const shorter = await run(world, ['pause', '--reason', 'migration', '--for', '10m', '--yes']);
    expect(shorter.code).toBe(1);
    expect(shorter.err).toContain(
      'The service is paused until a person resumes, by Ada: case 4711. This pause would end earlier, so nothing was changed. Pause without --for, or resume.',
    );
    expect(stored(world, 'control/pause.json')).toEqual(before);
  });

  it('says of a resumption of what is not paused that it begins a new count', async () => {
    const world = await open();
    const asked = await run(world, ['resume', '--reason', 'x'], 'n\n');
    expect(asked).toMatchObject({
      code: 1,
      err: expect.stringContaining('Nothing is paused. Begin a new count'),
    });
    expect(stored(world, 'control/pause.json')).toBeNull();
  });

  it('is refused where the command line is wrong, with a sentence', async () => {
    const world = await open();
    const wrong = [
      [
        ['pause', '--reason', 'x', '--for', 'soon'],
        '--for takes minutes, hours or days, such as 90m, 2h or 30d; not soon.',
      ],
      [
        ['pause', '--reason', 'x', '--for', '0m'],
        '--for takes minutes, hours or days, such as 90m, 2h or 30d; not 0m.',
      ],
      [
        ['resume', '--reason', 'x', '--budget', '0'],
        '--budget takes findings an hour, a whole number from 1 on; not 0.',
      ],
      [['pause'], '--reason <text>'],
      [['pause', '--reason', 'x'], '--yes'],
    ] as const;
    for (const [argv, text] of wrong) {
      const answer = await run(world, argv);
      expect(answer.code).toBe(2);
      expect(answer.err).toContain(text);
    }
    expect(stored(world, 'control/pause.json')).toBeNull();
  });

  it('changes nothing without a yes, or with --dry-run', async () => {
    const world = await open();
    expect((await run(world, ['pause', '--reason', 'x'], 'n\n')).code).toBe(1);
    const looked = await run(world, ['pause', '--reason', 'x', '--dry-run', '--json']);
    expect(JSON.parse(looked.out)).toMatchObject({ items: [{ state: 'running', waiting: 0 }] });
    expect(stored(world, 'control/pause.json')).toBeNull();
  });
});

describe('the budget', () => {
  it('stops the whole fleet, loses nothing, tells people once, and goes on after a resume', async () => {
    const world = await open({ env: { ISOLATION_BUDGET_PER_HOUR: '10' } });
    const other = await startBesides(world, { refreshEveryMs: 50, env: { ISOLATION_BUDGET_PER_HOUR: '10' } });
    try {
      const { bucket, ids } = await flagMany(world, 30);
      await Promise.all([
        world.log.until('paused', { by: 'budget' }),
        other.log.until('paused', { by: 'budget' }),
      ]);
      // What was begun is finished; nothing else is.
      for (const each of [world, other]) {
        await eventually(async () => (await metric(each, 'isolator_messages_in_flight')) === '0');
      }
      expect(left(world, bucket)).toBe(20);
      expect(world.recordKeys()).toHaveLength(10);
      expect((await readyz(world)).body.paused).toMatchObject({
        by: 'budget',
        reason: 'the budget of 10 isolations is spent: a person has to resume',
      });
      await eventually(() => stored(world, 'control/budget.json')?.['alerted']);
      const alerts = (await world.alerts()).filter(({ subject }) => subject.includes('budget is spent'));
      expect(alerts).toHaveLength(1);

      const resumed = await run(world, ['resume', '--reason', 'looked through', '--budget', '100', '--yes']);
      expect(resumed.err).toMatch(/^Paused since .*: the budget of 10 is spent\.$/m);
      await eventually(() => left(world, bucket) === 0);
      await eventually(() => world.recordKeys().length === ids.length);
      expect(await world.parked()).toEqual([]);
      expect(stored(world, 'control/budget.json')).toMatchObject({ budget: 100, spent_since: null });
    } finally {
      await other.worker.stop('the end of the test');
    }
  });

  it('is given back what a worker has leased and not used', async () => {
    const world = await open({ env: { ISOLATION_BUDGET_PER_HOUR: '1000' } });
    const other = await startBesides(world, { refreshEveryMs: 50 });
    const { ids } = await flagMany(world, 1);
    await Promise.race([
      ...ids.map((id) => world.untilSettled(id)),
      other.log.until('finding_handled', { findingId: ids[0] }),
    ]);
    expect(stored(world, 'control/budget.json')?.['leased']).toBeGreaterThan(1);
    await other.worker.stop('the end of the test');
    await world.worker.stop('the end of the test');
    expect(stored(world, 'control/budget.json')).toMatchObject({ leased: 1 });
  });

  it('is not touched by a dry run', async () => {
    const world = await open({ env: { MODE: 'dry-run' } });
    const { ids } = await flagMany(world, 2);
    await Promise.all(ids.map((id) => world.untilSettled(id)));
    expect(stored(world, 'control/budget.json')).toBeNull();
  });
});

describe('a limit', () => {
  const policy = JSON.stringify({
    version: 1,
    rules: [
      { name: 'few', when: { key: 'in/*' }, action: 'isolate', limit: '5/hour' },
      { name: 'rest', when: { severity: 'High' }, action: 'isolate' },
    ],
    default: 'alert',
  });
  /** How the findings ended, at both workers. */
  const outcomesOf = (world: World, ids: readonly string[]) => {
    const ends = ids.map((id) => ['isolated', 'held'].filter((name) => world.record(id, name)).join());
    return {
      isolated: ends.filter((end) => end === 'isolated').length,
      held: ends.filter((end) => end === 'held').length,
    };
  };
  const allEnded = (world: World, ids: readonly string[]) =>
    eventually(() => world.recordKeys().length >= ids.length);

  it('of a rule holds what is above it at two workers, and lets the other findings go on', async () => {
    const env = { POLICY: policy };
    const world = await open({ env });
    const other = await startBesides(world, { refreshEveryMs: 50, env });
    try {
      const { bucket, ids } = await flagMany(world, 20);
      const elsewhere = world.finding(await world.upload(world.bucket(), 'out/a.csv', 'secret'));
      await world.put(elsewhere);
      await allEnded(world, [...ids, elsewhere.id]);

      expect(outcomesOf(world, ids)).toEqual({ isolated: 5, held: 15 });
      expect(left(world, bucket)).toBe(15);
      expect(world.record(elsewhere.id, 'isolated')).toBeDefined();
      const held = ids.find((id) => world.record(id, 'held'));
      expect(world.record(held ?? '', 'held')).toMatchObject({
        reason: 'rule-limit',
        policy_rule: 'few',
        alert_result: expect.stringMatching(/^(sent|folded)$/),
        isolation_key: null,
      });
      await eventually(async () => (await world.waiting()) === 0);
      expect(await world.parked()).toEqual([]);
      const sum = await Promise.all(
        [world, other].map(async (each) =>
          Number(await metric(each, 'isolator_findings_held_total\\{why="rule-limit"\\}')),
        ),
      );
      expect(sum.reduce((total, count) => total + count, 0)).toBe(15);
      const [key] = world.keys('control/limits/');
      expect(stored(world, key ?? '')).toMatchObject({ of: 'rule', name: 'few', limit: 5, leased: 5 });
    } finally {
      await other.worker.stop('the end of the test');
    }
  });

  it('of each bucket holds what is above it, and no other bucket', async () => {
    const world = await open({ env: { ISOLATION_BUDGET_PER_BUCKET_PER_HOUR: '3' } });
    const [one, other] = [await flagMany(world, 8), await flagMany(world, 2)];
    await allEnded(world, [...one.ids, ...other.ids]);

    expect(outcomesOf(world, one.ids)).toEqual({ isolated: 3, held: 5 });
    expect(outcomesOf(world, other.ids)).toEqual({ isolated: 2, held: 0 });
    expect(left(world, one.bucket)).toBe(5);
  });
});

describe('an object of the valve', () => {
  it.each(['control/pause.json', 'control/budget.json'])('that is damaged pauses: %s', async (key) => {
    const world = await open();
    await overwrite(world, key, '{"version":1,"paused":');
    await world.log.until('paused', { by: 'unknown' });
    expect((await readyz(world)).body.paused?.reason).toBe(
      `${key} is damaged: \`macie-isolator resume --reason ...\` writes it anew and starts a new count`,
    );

    const resumed = await run(world, ['resume', '--reason', 'mended', '--yes']);
    expect(resumed).toMatchObject({ code: 0, err: `Paused: ${key} cannot be understood.\n` });
    await world.log.until('resumed', {});
    const { ids } = await flagMany(world, 1);
    await Promise.all(ids.map((id) => world.untilSettled(id)));
  });

  it('that cannot be read at the start pauses until it can', async () => {
    const world = await open({ stopped: true });
    const { faults } = world.aws.s3;
    faults.inject({ kind: new S3Error('AccessDenied'), when: ({ key }) => key.startsWith('control/') });
    await world.worker.start();
    await world.log.until('paused', { by: 'unknown' });
    const { bucket, ids } = await flagMany(world, 1);
    expect(left(world, bucket)).toBe(1);
    faults.clear();
    await Promise.all(ids.map((id) => world.untilSettled(id)));
  });

  it('that never answers holds up no stop', async () => {
    const world = await open();
    const { ids } = await flagMany(world, 1);
    await Promise.all(ids.map((id) => world.untilSettled(id)));
    world.aws.s3.faults.inject({ kind: 'timeout', when: ({ key }) => key.startsWith('control/') });
    // Otherwise the calls of the stop would be tried again for longer than a test may last.
    await world.worker.stop('the end of the test');
    expect(world.log.lines.at(-1)).toMatchObject({ event: 'stopped' });
  });

  it('that cannot be read later leaves the last known state', async () => {
    const world = await open();
    const { ids } = await flagMany(world, 1);
    await Promise.all(ids.map((id) => world.untilSettled(id)));
    world.aws.s3.faults.inject({
      kind: new S3Error('AccessDenied'),
      when: ({ key, operation }) => key.startsWith('control/') && operation === 'GetObject',
    });
    await world.log.until('valve_unreadable', {});
    const more = await flagMany(world, 1);
    await Promise.all(more.ids.map((id) => world.untilSettled(id)));
    expect((await readyz(world)).body.paused).toBeUndefined();
  });
});
