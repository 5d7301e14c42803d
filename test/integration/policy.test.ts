import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InvalidPolicyError } from '../../src/compose/policy.ts';
import { commandLine } from '../support/command-line.ts';
import { eventually } from '../support/eventually.ts';
import { namedPipe } from '../support/named-pipe.ts';
import { startWorkerProcess } from '../support/worker-process.ts';
import type { World, WorldOptions } from '../support/world.ts';
import { worldsOfEachTest } from '../support/worlds.ts';

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'policy-'));
  file = join(folder, 'policy.yaml');
});
// Hooks run from the last one to the first one: the worlds are closed before their folder goes.
afterEach(() => rm(folder, { recursive: true }));

const start = worldsOfEachTest(() => ({ refreshPolicyEveryMs: 50 }));
const open = (env: Record<string, string>, more: WorldOptions = {}) => start({ ...more, env });
/** As editors and ConfigMaps do it: the new file takes the place of the old one at once. */
const save = async (text: string) => {
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
};
const policy = (rules: string, more = '') => `version: 1\nrules:\n${rules}\ndefault: alert\n${more}`;
const isolateLow = '  - { name: all-of-lake, when: { bucket: "data-*" }, action: isolate }';
const alertAll = '  - { name: only-tell, when: { bucket: "data-*" }, action: alert }';

async function handled(world: World, overrides: Record<string, unknown> = {}) {
  const bucket = world.bucket();
  const finding = world.finding(await world.upload(bucket, 'in/a.csv', 'secret'), overrides);
  await world.put(finding);
  await world.untilSettled(finding.id);
  return { bucket, id: finding.id };
}
const readyz = async (world: World) => {
  const answer = await fetch(`http://127.0.0.1:${world.port}/readyz`);
  return {
    status: answer.status,
    body: (await answer.json()) as { policy: { hash?: string; problem?: string } },
  };
};
const low = { severity: { score: 1, description: 'Low' } };

describe('a policy', () => {
  it('decides in place of the built-in one, and record, alert and metric name it', async () => {
    await save(policy(isolateLow));
    const world = await open({ POLICY_FILE: file });
    const { id } = await handled(world, low);

    const { hash } = (await readyz(world)).body.policy;
    expect(world.record(id, 'isolated')).toMatchObject({
      record_version: 2,
      policy_rule: 'all-of-lake',
      policy_hash: hash,
      origin: 'eventbridge',
    });
    expect(await world.worker.metrics()).toContain(`isolator_policy_info{hash="${hash}"} 1`);
    const kept = world.text(world.isolationBucket, `control/policy/${hash}.json`);
    expect(JSON.parse(kept ?? '')).toMatchObject({ hash, source: file, policy: { default: 'alert' } });
  });

  it('is shown with the time since when workers have known it, which a damaged object leaves unknown', async () => {
    await save(policy(isolateLow));
    const world = await open({ POLICY_FILE: file });
    const { hash } = (await readyz(world)).body.policy;
    const key = `control/policy/${hash}.json`;
    const show = (...flags: readonly string[]) =>
      commandLine(['policy', 'show', '--policy', file, ...flags], world.aws.workerEnvironment);
    await eventually(() => world.text(world.isolationBucket, key) !== undefined);
    expect((await show()).out).toMatch(/^# since   \d{4}-\d{2}-\d{2}T\S+Z$/m);

    for (const text of ['garbage', 'null', '{"taken_up_at":7}']) {
      await world.s3.send(new PutObjectCommand({ Bucket: world.isolationBucket, Key: key, Body: text }));
      const shown = await show();

      expect(shown).toMatchObject({ code: 0, err: '' });
      expect(shown.out).toContain(`\n# since   unknown: ${key} in the isolation bucket does not say it\n`);
      expect(shown.out).toContain('name: all-of-lake');
      expect(JSON.parse((await show('--json')).out)).toMatchObject({ hash, taken_up_at: null });
    }
  });

  it('is taken up without a restart when its file changes', async () => {
    await save(policy(alertAll));
    const world = await open({ POLICY_FILE: file });
    const before = await handled(world);
    expect(world.record(before.id, 'alerted')).toMatchObject({ policy_rule: 'only-tell' });

    await save(policy(isolateLow));
    await world.log.untilCount(2, 'policy_taken_up', {});
    const after = await handled(world);
    expect(world.record(after.id, 'isolated')).toMatchObject({ policy_rule: 'all-of-lake' });
  });

  it('that is broken by a change stays as it was, tells people once, and goes on once it is mended', async () => {
    await save(policy(isolateLow));
    const world = await open({ POLICY_FILE: file });
    const { hash } = (await readyz(world)).body.policy;

    await save(policy(isolateLow.replace('isolate', 'isolat')));
    await world.log.until('policy_rejected', {});
    const seen = await readyz(world);
    expect(seen).toMatchObject({ status: 200, body: { policy: { hash } } });
    expect(seen.body.policy.problem).toBe(
      'line 3, column 62: rules[0].action must be "isolate", "fence", "alert" or "ignore".',
    );
    expect(await world.worker.metrics()).toContain('isolator_policy_valid 0');
    const { id } = await handled(world, low);
    expect(world.record(id, 'isolated')).toMatchObject({ policy_hash: hash });
    const told = (await world.alerts()).filter(({ subject }) => subject.includes('policy'));
    expect(told).toHaveLength(1);

    await save(policy(alertAll));
    await world.log.untilCount(2, 'policy_taken_up', {});
    expect((await readyz(world)).body.policy.problem).toBeUndefined();
  });

  it('that cannot be read at the start keeps the worker not ready, until it can', async () => {
    const world = await open({ POLICY_FILE: file });
    await world.log.until('policy_unreadable', {});
    expect(await readyz(world)).toMatchObject({
      status: 503,
      body: { policy: { problem: `${file} cannot be read (ENOENT)` } },
    });

    await save(policy(isolateLow));
    const { id } = await handled(world, low);
    expect(world.record(id, 'isolated')).toBeDefined();
    await eventually(async () => (await readyz(world)).status === 200);
  });

  it('that is invalid at the start ends the start', async () => {
    await save('version: 3');
    const world = await open({ POLICY_FILE: file }, { stopped: true });
    await expect(world.worker.start()).rejects.toBeInstanceOf(InvalidPolicyError);
  });

  it('that is none ends the process with exit code 78, and each problem with its line', async () => {
    const world = await open({}, { stopped: true });
    const started = startWorkerProcess({
      ...world.aws.workerEnvironment,
      POLICY: policy(isolateLow.replace('bucket', 'buket')),
    });
    expect((await started.exited)[0]).toBe(78);
    const [line = ''] = started.errors().trim().split('\n');
    expect(JSON.stringify(JSON.parse(line))).toContain(
      JSON.stringify(
        'line 3, column 34: There is no field "buket" in rules[0].when. Did you mean "bucket"?',
      ).slice(1, -1),
    );
  });

  it.each([
    ['a named pipe', (path: string) => void namedPipe(path)],
    ['a folder', (path: string) => mkdir(path)],
  ])('that is %s ends the process with exit code 78 and a sentence', async (_, make) => {
    await make(file);
    const world = await open({}, { stopped: true });
    const started = startWorkerProcess({ ...world.aws.workerEnvironment, POLICY_FILE: file });

    expect(await started.exited).toEqual([78, null]);
    expect(started.errors()).toContain(`${file} must be a regular file`);
  });

  it('that becomes a named pipe leaves the policy before in force', async () => {
    await save(policy(isolateLow));
    const world = await open({ POLICY_FILE: file });
    await rm(file);
    namedPipe(file);
    await world.log.until('policy_rejected', {});

    expect(await readyz(world)).toMatchObject({
      status: 200,
      body: { policy: { problem: expect.stringContaining('must be a regular file') } },
    });
  });

  it('is read through a symbolic link, as Kubernetes mounts it', async () => {
    await writeFile(`${file}.target`, policy(isolateLow));
    await symlink(`${file}.target`, file);
    const world = await open({ POLICY_FILE: file });

    await eventually(async () => (await readyz(world)).status === 200);
  });

  it('with an exception makes an alert of an isolation, and says why', async () => {
    const never = 'never:\n  - { name: hold, when: { key: "in/*" }, reason: litigation }\n';
    const world = await open({ POLICY: policy(isolateLow, never) });
    const { bucket, id } = await handled(world);
    expect(world.text(bucket, 'in/a.csv')).toBe('secret');
    expect(world.record(id, 'alerted')).toMatchObject({
      policy_rule: 'all-of-lake',
      policy_exception: 'hold',
      policy_reason: 'litigation',
    });
    const [alert] = await world.alerts();
    expect(JSON.stringify(alert)).toContain('litigation');
  });

  it('with a quiet rule isolates and tells nobody', async () => {
    const quiet = isolateLow.replace('action: isolate', 'action: isolate, quiet: true');
    const world = await open({ POLICY: policy(quiet) });
    const { id } = await handled(world);
    expect(world.record(id, 'isolated')).toMatchObject({ alert_result: 'none' });
    expect(await world.alerts()).toEqual([]);
  });

  it('may say by rule which topic is told', async () => {
    const world = await open(
      {},
      {
        redirect: async ({ ALERT_TOPIC_ARN = '' }) => ({
          ALERT_TOPIC_ARN: `${ALERT_TOPIC_ARN}-that-nobody-has`,
          POLICY: policy(
            isolateLow.replace('action: isolate', `action: isolate, alert: "${ALERT_TOPIC_ARN}"`),
          ),
        }),
      },
    );
    const { id } = await handled(world, low);
    expect(world.record(id, 'isolated')).toMatchObject({ alert_result: 'sent' });
    expect(await world.alerts()).toMatchObject([{ findingId: id }]);
  });

  it.each(['arn:aws:sns:eu-west-1:111122223333:privacy', 'arn:aws-cn:sns:us-east-1:111122223333:privacy'])(
    'is refused where a rule names a topic that the worker cannot reach: %s',
    async (topic) => {
      const POLICY = policy(isolateLow.replace('action: isolate', `action: isolate, alert: "${topic}"`));
      const world = await open({ POLICY }, { stopped: true });
      await expect(world.worker.start()).rejects.toThrow(
        "rules[0].alert must be a topic of the worker's own region: it must begin with arn:aws:sns:us-east-1:.",
      );
    },
  );

  it('with a dry-run rule touches nothing', async () => {
    const dry = isolateLow.replace('action: isolate', 'action: isolate, dryRun: true');
    const world = await open({ POLICY: policy(dry) });
    const { bucket, id } = await handled(world);
    expect(world.text(bucket, 'in/a.csv')).toBe('secret');
    expect(world.record(id, 'dry_run')).toBeDefined();
  });

  it('may say by rule which versions go', async () => {
    const all = isolateLow.replace('action: isolate', 'action: isolate, sourceVersions: all');
    const world = await open({ POLICY: policy(all) });
    const bucket = world.bucket('enabled');
    await world.upload(bucket, 'in/a.csv', 'another text');
    const finding = world.finding(await world.upload(bucket, 'in/a.csv', 'secret'));
    await world.put(finding);
    await world.untilSettled(finding.id);
    expect(world.versions(bucket, 'in/a.csv')).toEqual([]);
  });

  it('says in a dry run of a rule what an isolation would remove, and what could be read', async () => {
    const isolateInDryRun = isolateLow.replace('isolate }', 'isolate, dryRun: true }');
    const world = await open({ POLICY: policy(isolateInDryRun) });
    const { bucket, id } = await handled(world, low);

    expect(world.record(id, 'dry_run')).toMatchObject({
      policy_rule: 'all-of-lake',
      size_bytes: 6,
      expected_outcome: 'isolated',
      would_remove_versions: ['null'],
      could_read_object: true,
      could_read_tags: true,
      not_tried: ['copy', 'delete'],
    });
    expect(world.text(bucket, 'in/a.csv')).toBe('secret');
  });
});
