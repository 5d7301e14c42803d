import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { getContainerRuntimeClient, Wait } from 'testcontainers';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { revision } from './support/build-image.ts';
import { workerEnvironment } from './support/local-stack.ts';
import {
  startWorkerContainer,
  type WorkerContainer,
  type WorkerOptions,
} from './support/worker-container.ts';

const root = new URL('../../', import.meta.url).pathname;
const { version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { version: string };

const running: WorkerContainer[] = [];
afterEach(async () => {
  for (const worker of running.splice(0)) await worker.close();
});

async function start(options: WorkerOptions): Promise<WorkerContainer> {
  const worker = await startWorkerContainer(options);
  running.push(worker);
  return worker;
}

/** With nothing behind it. */
const alone = { ...workerEnvironment, AWS_ENDPOINT_URL: 'http://127.0.0.1:9' };

/** What a command prints in a container of the image. */
async function run(command: readonly string[], entrypoint?: readonly string[]): Promise<string> {
  const { container: containers } = await getContainerRuntimeClient();
  const container = await containers.create({
    Image: inject('image'),
    Cmd: [...command],
    ...(entrypoint && { Entrypoint: [...entrypoint] }),
  });
  await containers.start(container);
  await container.wait();
  const output = await text(await containers.logs(container));
  await container.remove();
  return output;
}

describe('the image', () => {
  it('names what it is and what it was built from', async () => {
    const runtime = await getContainerRuntimeClient();
    const { Config } = await runtime.container.dockerode.getImage(inject('image')).inspect();

    expect(Config.Labels).toMatchObject({
      'org.opencontainers.image.title': 'macie-isolator',
      'org.opencontainers.image.version': version,
      'org.opencontainers.image.revision': revision,
      'org.opencontainers.image.licenses': 'Apache-2.0',
    });
    expect(Config.User).toBe('node');
    expect(Config.Entrypoint).toEqual(['node', '--min-semi-space-size=16', '/app/start.cjs']);
    expect(Config.Cmd).toEqual(['worker']);
  });

  it('holds the bundle and nothing else', async () => {
    const files = await run(['-c', 'find /app -type f; ls /usr/local/bin; id -u'], ['/bin/sh']);

    expect(files.trim().split('\n').toSorted()).toEqual([
      '/app/LICENSE',
      '/app/dist/cli.cjs',
      '/app/dist/cli.cjs.LEGAL.txt',
      '/app/dist/cli.cjs.code',
      '/app/dist/cli.cjs.map',
      '/app/healthcheck.mjs',
      '/app/start.cjs',
      '1000',
      'node',
    ]);
  });

  it('starts from code that was compiled when it was built', async () => {
    const output = await run(
      ['-c', 'NODE_DEBUG=start node --min-semi-space-size=16 /app/start.cjs --version 2>&1'],
      ['/bin/sh'],
    );

    expect(output).toContain('compiled code was accepted');
  });

  it('is the command line too', async () => {
    expect(await run(['--help'])).toContain('Usage: macie-isolator');
    expect(await run(['--version'])).toBe(`${version}\n`);
  });

  it('ends with code 78 and names every problem with its settings', async () => {
    const worker = await start({
      environment: { CONCURRENCY: 'many', QUEUE_URL: 'sqs', UNCONDITIONAL_DELETE: 'when-unsupported' },
      waitStrategy: Wait.forLogMessage('cannot start'),
    });

    expect(await worker.exited()).toBe(78);
    const output = await worker.output();
    for (const name of [
      'CONCURRENCY',
      'QUEUE_URL',
      'ISOLATION_BUCKET',
      'AWS_REGION',
      'UNCONDITIONAL_DELETE',
    ]) {
      expect(output).toMatch(new RegExp(`"[^"]*${name} `));
    }
    expect(output.trim().split('\n').length).toBeLessThan(10);
  });

  it('lives without AWS, says that it is not ready, and ends on SIGTERM with code 0', async () => {
    const worker = await start({ environment: alone });

    expect(await worker.get('/livez')).toEqual({ status: 200, text: 'ok\n' });
    expect((await worker.get('/readyz')).status).toBe(503);
    expect((await worker.get('/metrics')).text).toContain(
      `isolator_build_info{version="${version}",revision="${revision}",node_version="v24.`,
    );
    await worker.signal('SIGTERM');
    expect(await worker.exited()).toBe(0);
    expect((await worker.log()).at(-1)).toMatchObject({ event: 'stopped' });
  });

  it('has itself checked on /livez', async () => {
    const worker = await start({ environment: alone, waitStrategy: Wait.forHealthCheck() });
    const runtime = await getContainerRuntimeClient();

    const { Config, State } = await eventually(async () => {
      const inspected = await runtime.container.inspect(runtime.container.getById(worker.id));
      return inspected.State.Health?.Status === 'healthy' ? inspected : undefined;
    });
    expect(Config.Healthcheck?.Test?.join(' ')).toBe('CMD node /app/healthcheck.mjs /livez');
    expect(State.Status).toBe('running');
  });
});
