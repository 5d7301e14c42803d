import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { commandLine } from '../support/command-line.ts';
import { killedAt, moments } from '../support/killed-command.ts';
import { namedPipe } from '../support/named-pipe.ts';
import { startWorld, type World } from '../support/world.ts';

let world: World;
let folder: string;

beforeAll(async () => {
  world = await startWorld({ env: { CONFIRM_FINDINGS: 'macie' } });
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plan-'));
  return () => rmSync(folder, { recursive: true });
});
afterAll(() => world.close());

const run = (...argv: readonly string[]) => commandLine(argv, { ...world.aws.workerEnvironment });
const out = () => join(folder, 'plan.jsonl');

/** Objects that Macie has findings about, which no worker has heard of, and a plan that a simulation wrote. */
async function simulated(bucket: string, keys: readonly string[]): Promise<void> {
  const uploads = await Promise.all(keys.map((key) => world.upload(bucket, key, `secret of ${key}`)));
  // A simulation reads the findings of the last days.
  const createdAt = new Date(Date.now() - 3_600_000).toISOString();
  for (const upload of uploads)
    world.aws.macie.findings.add(world.finding(upload, { severity: medium, createdAt }));
  const policy = join(folder, 'policy.yaml');
  writeFileSync(policy, policyOf(bucket));
  const simulation = await run('policy', 'simulate', '--policy', policy, '--out', out());
  expect(simulation).toMatchObject({ code: 0 });
  // Macie's findings of the other tests are about other buckets.
  const lines = readFileSync(out(), 'utf8').split('\n');
  writeFileSync(out(), lines.filter((line) => line.includes(bucket)).join('\n'));
}
const medium = { score: 2, description: 'Medium' };
const policyOf = (bucket: string) => `version: 1
rules:
  - { name: hr, when: { bucket: ${bucket}, key: "hr/*" }, action: isolate }
  - { name: tried, when: { bucket: ${bucket}, key: "tried/*" }, action: isolate, dryRun: true }
  - { name: lake, when: { bucket: ${bucket} }, action: alert }
default: ignore
`;
const isolatePlan = (...argv: readonly string[]) =>
  run('isolate', '--plan', out(), '--reason', 'rule hr', '--who', 'Ada', '--yes', ...argv);
const idsOf = (text: string) =>
  (JSON.parse(text) as { items: { request_id: string }[] }).items.map((item) => item.request_id);

describe('the file of `policy simulate --out`, given to `isolate --plan`', () => {
  it('is isolated, and only the objects whose action is isolate; the others are counted', async () => {
    const bucket = world.bucket('enabled');
    await simulated(bucket, ['hr/a.csv', 'hr/é b.csv', 'in/c.csv', 'tried/d.csv']);

    const isolated = await isolatePlan('--json');

    expect(isolated.code).toBe(0);
    expect(isolated.err).toMatch(
      /^Left out: 2 lines with another action than isolate \(alert: 1, dry_run: 1\)\.\n$/,
    );
    const ids = idsOf(isolated.out);
    expect(ids).toHaveLength(2);
    await Promise.all(ids.map((id) => world.untilSettled(id)));
    for (const key of ['hr/a.csv', 'hr/é b.csv']) expect(world.versions(bucket, key)).toEqual([]);
    expect(world.text(bucket, 'in/c.csv')).toBe('secret of in/c.csv');
    expect(world.text(bucket, 'tried/d.csv')).toBe('secret of tried/d.csv');
    expect(world.record(ids[0] ?? '', 'isolated')).toMatchObject({ origin: 'manual' });
  });

  it('isolates nothing that was overwritten since', async () => {
    const bucket = world.bucket();
    await simulated(bucket, ['hr/a.csv']);
    await world.upload(bucket, 'hr/a.csv', 'other bytes');

    const isolated = await isolatePlan('--json');

    expect(isolated.code).toBe(1);
    expect(isolated.out).toContain('another object lies there');
    expect(world.text(bucket, 'hr/a.csv')).toBe('other bytes');
  });

  it.each(moments)(
    'is isolated where the command is killed %s any of its calls and run again',
    async (moment) => {
      for (let call = 1, isKilled = true; isKilled; call += 1) {
        const bucket = world.bucket('enabled');
        const keys = ['hr/a.csv', 'hr/b.csv'];
        rmSync(out(), { force: true });
        await simulated(bucket, keys);
        const first = await killedAt(call, moment, () => isolatePlan('--json'));
        isKilled = first.isKilled;
        expect(first.run.code, `call ${call}`).toBe(isKilled ? 1 : 0);

        const again = await isolatePlan('--json');

        expect(again.code, `call ${call}`).toBe(0);
        const requests = world
          .keys('requests/')
          .filter((key) => world.text(world.isolationBucket, key)?.includes(bucket));
        expect(requests, `call ${call}`).toHaveLength(keys.length);
        await Promise.all(requests.map((key) => world.untilSettled(basename(key, '.json'))));
        for (const key of keys) expect(world.versions(bucket, key), `call ${call}`).toEqual([]);
        if (!isKilled) expect(call).toBeGreaterThan(5);
      }
    },
  );

  it('names nothing to isolate where every action is another', async () => {
    const bucket = world.bucket();
    await simulated(bucket, ['in/c.csv']);

    const isolated = await isolatePlan();

    expect(isolated.code).toBe(2);
    expect(isolated.err).toContain(
      'names no object to isolate. Left out: 1 line with another action than isolate (alert: 1).',
    );
  });

  it('is read once: what is requested is what the question counted, whatever the file says by then', async () => {
    const bucket = world.bucket('enabled');
    await simulated(bucket, ['hr/a.csv', 'hr/b.csv']);
    const lines = readFileSync(out(), 'utf8').split('\n');
    const [shown = '', changed = ''] = ['a.csv', 'b.csv'].map((key) =>
      lines.find((line) => line.includes(key)),
    );
    writeFileSync(out(), shown);
    const argv = ['isolate', '--plan', out(), '--reason', 'rule hr', '--who', 'Ada', '--json'];

    const isolated = await commandLine(argv, world.aws.workerEnvironment, {
      answers: 'y\n',
      saw: (text) => text.includes('isolate? [y/N]') && writeFileSync(out(), changed),
    });

    expect(isolated).toMatchObject({ code: 0 });
    expect(isolated.err).toContain(`1 object, 18 B, out of s3://${bucket}: isolate? [y/N]`);
    const { items } = JSON.parse(isolated.out) as { items: { key: string; request_id: string }[] };
    expect(items.map(({ key }) => key)).toEqual(['hr/a.csv']);
    await Promise.all(items.map((item) => world.untilSettled(item.request_id)));
    expect(world.text(bucket, 'hr/b.csv')).toBe('secret of hr/b.csv');
  });

  it('may be a pipe', async () => {
    const bucket = world.bucket('enabled');
    await simulated(bucket, ['hr/a.csv']);
    const plan = readFileSync(out());
    rmSync(out());
    namedPipe(out());

    const [isolated] = await Promise.all([isolatePlan('--json'), writeFile(out(), plan)]);

    expect(isolated).toMatchObject({ code: 0, err: '' });
    await Promise.all(idsOf(isolated.out).map((id) => world.untilSettled(id)));
    expect(world.versions(bucket, 'hr/a.csv')).toEqual([]);
  });
});
