import { readdirSync, readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { getContainerRuntimeClient, Wait } from 'testcontainers';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { shippedPackages } from '../../scripts/shipped.ts';
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

/** `macie-isolator deploy` brings them along. */
const templates = readdirSync(`${root}deploy/ecs`)
  .filter((name) => name.endsWith('.yaml'))
  .toSorted();

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

interface Listing {
  readonly user: number;
  readonly files: readonly { readonly path: string; readonly mode: number }[];
}

/** Lists the files of the image. The image has no shell, so Node does it; the kernel's folders are left out. */
const listFiles = `
  const { lstatSync, readdirSync } = require('node:fs');
  const given = ['/proc', '/sys', '/dev', '/run', '/etc/hosts', '/etc/hostname', '/etc/resolv.conf', '/etc/mtab', '/.dockerenv'];
  const files = [];
  const walk = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = (folder === '/' ? '' : folder) + '/' + entry.name;
      if (given.includes(path)) continue;
      if (entry.isDirectory()) walk(path);
      else files.push({ path, mode: lstatSync(path).mode });
    }
  };
  walk('/');
  console.log(JSON.stringify({ user: process.getuid(), files }));`;

const startWithDebug = `
  const { spawnSync } = require('node:child_process');
  const env = { ...process.env, NODE_DEBUG: 'start' };
  const argv = ['--min-semi-space-size=16', '/app/start.cjs', '--version'];
  console.log(spawnSync(process.execPath, argv, { env, encoding: 'utf8' }).stderr);`;

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
    expect(Config.User).toBe('1000:1000');
    expect(Config.Entrypoint).toEqual([
      'node',
      '--min-semi-space-size=16',
      '--disable-warning=ExperimentalWarning',
      '/app/start.cjs',
    ]);
    expect(Config.Cmd).toEqual(['worker']);
  });

  it('holds the bundle, Node with its libraries, and their licences, and nothing else', async () => {
    const { files, user } = JSON.parse(await run(['-e', listFiles], ['node'])) as Listing;
    const paths = files.map(({ path }) => path);

    expect(user).toBe(1000);
    expect(paths.filter((path) => path.startsWith('/app/')).toSorted()).toEqual([
      '/app/LICENSE',
      '/app/dist/THIRD_PARTY_NOTICES.txt',
      '/app/dist/cli.cjs',
      '/app/dist/cli.cjs.map',
      '/app/dist/program.cjs',
      '/app/dist/program.cjs.LEGAL.txt',
      '/app/dist/program.cjs.code',
      '/app/dist/program.cjs.map',
      ...templates.map((name) => `/app/dist/templates/${name}`),
      '/app/healthcheck.mjs',
      '/app/start.cjs',
    ]);
    expect(paths.filter((path) => path.startsWith('/usr/local/'))).toEqual(['/usr/local/bin/node']);
    for (const name of ['node', 'libc6', 'libgcc-s1', 'libstdc++6']) {
      expect(paths).toContain(`/usr/share/doc/${name}/copyright`);
    }
    const others = paths.filter((path) => !/^\/(app|etc|lib|lib64|usr\/(lib|local|share))\//.test(path));
    expect(others).toEqual([]);
  });

  it('has no shell, no package manager and no file that gives another user’s rights', async () => {
    const { files } = JSON.parse(await run(['-e', listFiles], ['node'])) as Listing;
    const programs = files.filter(({ mode }) => (mode & 0o111) !== 0).map(({ path }) => path);

    expect(programs.filter((path) => !/\.so(\.\d+)*$/.test(path)).toSorted()).toEqual([
      '/app/dist/cli.cjs',
      '/usr/local/bin/node',
    ]);
    expect(files.filter(({ mode }) => (mode & 0o6000) !== 0)).toEqual([]);
  });

  it('carries the licence of every package in its bundle', async () => {
    const notices = await run(
      ['-p', 'require("node:fs").readFileSync("/app/dist/THIRD_PARTY_NOTICES.txt", "utf8")'],
      ['node'],
    );

    for (const { name, version, licence } of shippedPackages(`${root}dist`, root)) {
      expect(notices).toContain(`${name} ${version} (${licence})`);
    }
  });

  it('looks names up in /etc/hosts before it asks DNS', async () => {
    const lookUp = 'require("node:dns").lookup("localhost", (error, address) => console.log(address))';

    expect(await run(['-e', lookUp], ['node'])).toMatch(/^(127\.0\.0\.1|::1)\n$/);
  });

  it('starts from code that was compiled when it was built', async () => {
    const output = await run(['--min-semi-space-size=16', '-e', startWithDebug], ['node']);

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
