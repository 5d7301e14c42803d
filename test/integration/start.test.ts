import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { startSettingsServices } from '../../src/local/settings-services.ts';
import { recordAwsCall } from '../support/aws-calls.ts';
import { startWorkerProcess, type WorkerProcess } from '../support/worker-process.ts';
import { startWorld, type World } from '../support/world.ts';

const root = new URL('../../', import.meta.url).pathname;
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

/** As `npm start` runs it, in a process of its own that does not outlive the test. */
function start(environment: Readonly<Record<string, string>>): WorkerProcess {
  const child = startWorkerProcess(environment);
  closing.push(() => {
    child.kill();
    return child.exited;
  });
  return child;
}

async function openWorld(): Promise<World> {
  const world = await startWorld({ stopped: true });
  closing.push(() => world.close());
  return world;
}

const environmentOf = (world: World) => ({
  ...world.aws.workerEnvironment,
  LOG_LEVEL: 'debug',
  VISIBILITY_TIMEOUT_SECONDS: '5',
});

async function putMany(world: World, bucket: string, count: number): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const finding = world.finding(await world.upload(bucket, `${index}.csv`, `secret ${index}`));
    await world.put(finding);
    ids.push(finding.id);
  }
  return ids;
}

describe('a signal in the first moments', () => {
  /** Loaded before the program: sends SIGTERM to itself when this happens. */
  const preload = (code: string) => {
    const folder = mkdtempSync(join(tmpdir(), 'macie-isolator-'));
    closing.push(async () => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'preload.cjs'), code);
    return join(folder, 'preload.cjs');
  };
  const run = async (args: readonly string[]) => {
    const env = (await openWorld()).aws.workerEnvironment;
    const child = spawn(process.execPath, args, { cwd: root, stdio: 'ignore', env });
    return (await once(child, 'exit')) as [number | null, string | null];
  };

  it('ends a worker with code 0 while its code is still being loaded', async () => {
    const file = preload(`require('node:module').registerHooks({
      load(url, context, next) {
        if (url.endsWith('/cli/worker.ts')) process.kill(process.pid, 'SIGTERM');
        return next(url, context);
      },
    });`);

    expect(await run(['--require', file, 'src/main.ts'])).toEqual([0, null]);
  });

  it("ends the image's worker with code 0 while its bundle is still being compiled", async () => {
    const folder = mkdtempSync(join(tmpdir(), 'macie-isolator-'));
    closing.push(async () => rmSync(folder, { recursive: true }));
    cpSync(join(root, 'docker/start.cjs'), join(folder, 'start.cjs'));
    cpSync(join(root, 'dist'), join(folder, 'dist'), { recursive: true });
    const file = preload(`const { Script } = require('node:vm');
    require('node:vm').Script = class extends Script {
      constructor(...given) {
        super(...given);
        process.kill(process.pid, 'SIGTERM');
      }
    };`);

    expect(await run(['--require', file, join(folder, 'start.cjs'), 'worker'])).toEqual([0, null]);
  });
});

describe('a signal while the policy is read at the start', () => {
  it('ends the worker with 0, though the store does not answer', async () => {
    const world = await openWorld();
    const asked = Promise.withResolvers<void>();
    world.aws.s3.faults.inject({
      kind: 'timeout',
      when({ key }) {
        if (key === 'policy.yaml') asked.resolve();
        return key === 'policy.yaml';
      },
    });
    const worker = start({
      ...environmentOf(world),
      POLICY_FILE: 's3://settings/policy.yaml',
      SHUTDOWN_TIMEOUT_MS: '1000',
    });
    await asked.promise;
    const at = performance.now();

    worker.process.kill('SIGTERM');

    expect(await worker.exited).toEqual([0, null]);
    // The read itself is given up after ten seconds.
    expect(performance.now() - at).toBeLessThan(9_000);
    expect(worker.log.lines.filter(({ event }) => event === 'policy_unreadable')).toEqual([]);
  });
});

describe('PARAMETER_PATH', () => {
  it('fills what the environment leaves unset, and what is set stays', async () => {
    const { QUEUE_URL = '', ISOLATION_BUCKET = '', ...rest } = (await openWorld()).aws.workerEnvironment;
    const services = await startSettingsServices({
      parameters: {
        '/here/QUEUE_URL': QUEUE_URL,
        '/here/ISOLATION_BUCKET': ISOLATION_BUCKET,
        '/here/AWS_REGION': 'eu-west-9',
        '/here/policy': '{}',
      },
      stacks: {},
    });
    closing.push(() => services.close());
    const worker = startWorkerProcess({
      ...rest,
      PARAMETER_PATH: '/here',
      AWS_ENDPOINT_URL_SSM: services.endpoint,
    });
    closing.push(async () => worker.kill());

    await worker.log.until('listening');
    // The worker has the settings, so it has read the parameters.
    recordAwsCall({ service: 'ssm', operation: 'GetParametersByPath', role: 'worker' });
    worker.process.kill('SIGTERM');
    expect(await worker.exited).toEqual([0, null]);
  });

  it.each([
    [
      'no parameter lies under it',
      { '/elsewhere/MODE': 'dry-run' },
      'no parameter lies directly under PARAMETER_PATH (/here).',
    ],
    [
      'a parameter is written as a setting and is none',
      { '/here/MODE': 'enforce', '/here/MODEE': 'dry-run', '/here/policy': '{}' },
      'parameters under PARAMETER_PATH (/here) have names that no setting has: MODEE.',
    ],
  ])('ends with 78 and a sentence where %s', async (_, parameters, sentence) => {
    const services = await startSettingsServices({ parameters, stacks: {} });
    closing.push(() => services.close());
    const worker = startWorkerProcess({
      ...(await openWorld()).aws.workerEnvironment,
      PARAMETER_PATH: '/here',
      AWS_ENDPOINT_URL_SSM: services.endpoint,
    });
    closing.push(async () => worker.kill());

    expect(await worker.exited).toEqual([78, null]);
    expect(worker.errors()).toContain(sentence);
  });

  it.each([
    [
      'a path without a slash',
      { PARAMETER_PATH: 'isolator' },
      'PARAMETER_PATH must be a path such as /macie-isolator.',
    ],
    ['a region that is none', { AWS_REGION: 'eu central' }, 'AWS_REGION must be an AWS region.'],
    ['no region', { AWS_REGION: '' }, 'AWS_REGION is not set, and must be:'],
    [
      'an endpoint that is none',
      { AWS_ENDPOINT_URL: 'here' },
      'AWS_ENDPOINT_URL must be an http or https URL.',
    ],
  ])('ends with 78 and a sentence where parameters are to be read at %s', async (_, settings, sentence) => {
    const worker = startWorkerProcess({
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_REGION: 'eu-central-1',
      AWS_CONFIG_FILE: '/dev/null',
      PARAMETER_PATH: '/here',
      ...settings,
    });
    closing.push(async () => worker.kill());

    expect(await worker.exited).toEqual([78, null]);
    expect(worker.errors()).toContain(`"problem":"${sentence}`);
  });

  it('counts as unset where it is empty', async () => {
    const worker = startWorkerProcess({ PARAMETER_PATH: ' ', AWS_REGION: 'eu-central-1' });
    closing.push(async () => worker.kill());

    expect(await worker.exited).toEqual([78, null]);
    expect(worker.errors()).toContain('"problem":"QUEUE_URL is not set, and must be."');
  });

  it('ends with a sentence where the parameters cannot be read', async () => {
    const worker = startWorkerProcess({
      ...(await openWorld()).aws.workerEnvironment,
      PARAMETER_PATH: '/here',
      AWS_ENDPOINT_URL_SSM: 'http://127.0.0.1:1',
      AWS_MAX_ATTEMPTS: '1',
    });
    closing.push(async () => worker.kill());

    expect(await worker.exited).toEqual([1, null]);
    expect(worker.errors()).toContain('the parameters under PARAMETER_PATH cannot be read (ECONNREFUSED)');
  });
});

describe('npm start', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'ends on %s in the middle of work with code 0, and nothing is lost',
    async (signal) => {
      const world = await openWorld();
      const bucket = world.bucket('enabled');
      const first = start(environmentOf(world));
      await first.log.until('readiness_changed', { ready: true });
      const hold = world.aws.s3.faults.hold((request) => request.operation === 'CopyObject');
      const ids = await putMany(world, bucket, 20);
      await hold.arrived;

      first.process.kill(signal);
      await first.log.until('shutting_down');
      hold.release();
      expect(await first.exited).toEqual([0, null]);

      // What it had not received yet, the next one does.
      const second = start(environmentOf(world));
      await second.log.until('readiness_changed', { ready: true });
      for (const id of ids) {
        if (!world.record(id, 'isolated')) await second.log.until('finding_handled', { findingId: id });
      }
      second.process.kill('SIGTERM');
      expect(await second.exited).toEqual([0, null]);

      expect(world.copies()).toHaveLength(20);
      expect(ids.filter((id) => world.record(id, 'isolated') === undefined)).toEqual([]);
      expect(ids.flatMap((_, index) => world.versions(bucket, `${index}.csv`))).toEqual([]);
      expect(await world.waiting()).toBe(0);
      expect(await world.parked()).toEqual([]);
    },
  );

  it('hands back what is in work on a second SIGTERM, and ends with code 0', async () => {
    const world = await openWorld();
    const bucket = world.bucket();
    const child = start(environmentOf(world));
    await child.log.until('readiness_changed', { ready: true });
    const hold = world.aws.s3.faults.hold((request) => request.operation === 'CopyObject');
    await putMany(world, bucket, 1);
    await hold.arrived;

    child.process.kill('SIGTERM');
    await child.log.until('shutting_down');
    child.process.kill('SIGTERM');

    await child.log.until('message_settled', { how: 'hand-back' });
    expect(await child.exited).toEqual([0, null]);
    hold.release();
    expect(world.text(bucket, '0.csv')).toBe('secret 0');
    expect(await world.waiting()).toBe(1);
  });

  it('loses nothing where it is killed in the middle of work', async () => {
    const world = await openWorld();
    const bucket = world.bucket();
    const first = start(environmentOf(world));
    await first.log.until('readiness_changed', { ready: true });
    const hold = world.aws.s3.faults.hold((request) => request.operation === 'DeleteObject');
    const ids = await putMany(world, bucket, 5);
    await hold.arrived;

    first.kill();
    await first.exited;
    hold.release();
    const second = start(environmentOf(world));
    await second.log.until('readiness_changed', { ready: true });
    for (const id of ids) {
      if (!world.record(id, 'isolated')) await second.log.until('finding_handled', { findingId: id });
    }
    second.process.kill('SIGTERM');
    await second.exited;

    expect(world.copies()).toHaveLength(5);
    expect(ids.filter((id) => world.record(id, 'isolated') === undefined)).toEqual([]);
    expect(ids.flatMap((_, index) => world.versions(bucket, `${index}.csv`))).toEqual([]);
  });

  it('ends with code 78 and every problem named, where the settings are wrong', async () => {
    const child = start({ QUEUE_URL: 'nonsense', CONCURRENCY: 'many', MODE: 'off' });

    expect(await child.exited).toEqual([78, null]);

    const errors = child.errors();
    for (const name of ['QUEUE_URL', 'CONCURRENCY', 'MODE', 'ISOLATION_BUCKET', 'AWS_REGION']) {
      expect(errors).toContain(`"problem":"${name} `);
    }
    expect(errors).not.toContain('nonsense');
    expect(child.log.lines).toEqual([]);
  });

  it('says so where its port is taken', async () => {
    const world = await openWorld();
    const first = start(environmentOf(world));
    const { port } = await first.log.until('listening');

    const second = start({ ...environmentOf(world), PORT: String(port) });
    const [code] = await second.exited;

    expect(code).toBe(1);
    expect(second.errors()).toMatch(
      /^\{[^\n]*"event":"cannot_start","problem":"listen EADDRINUSE[^\n]*\}\n$/,
    );
    first.process.kill('SIGTERM');
    expect(await first.exited).toEqual([0, null]);
  });
});
