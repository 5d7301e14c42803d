import { execFile, spawn } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shippedPackages } from '../../scripts/shipped.ts';
import { eventually } from '../support/eventually.ts';
import { startWorld } from '../support/world.ts';

const run = promisify(execFile);
const root = new URL('../../', import.meta.url).pathname;
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };

/** `node` in a script comes from the development dependency; elsewhere the machine's own would be used. */
const cli = (folder: string) => join(folder, 'node_modules', 'macie-isolator', 'dist', 'cli.cjs');
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'macie-isolator-'));
  const copy = copyOfRoot();
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: copy });
  // Scripts of the build may write before it.
  const packed = JSON.parse(stdout.slice(stdout.search(/^[[{]/m))) as
    | readonly { readonly filename: string }[]
    | Readonly<Record<string, { readonly filename: string }>>;
  const [first] = Object.values(packed);
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  await run('npm', ['install', '--offline', '--ignore-scripts', '--no-audit', `./${first?.filename ?? ''}`], {
    cwd: folder,
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** To pack builds `dist` anew, which other tests read at the same time. */
function copyOfRoot(): string {
  const copy = join(folder, 'root');
  const left = new Set(['node_modules', '.git', 'coverage', 'dist', 'reports']);
  cpSync(root, copy, { recursive: true, filter: (path) => !left.has(relative(root, path)) });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

describe('the package, installed elsewhere', () => {
  it('runs from its bundle, without any dependency', async () => {
    const { stdout } = await run(process.execPath, [cli(folder), '--help'], { cwd: folder });

    expect(stdout).toContain('Usage: macie-isolator');
    expect(stdout).toContain('worker');
  });

  it('answers --help from a small file, without the code of the commands', async () => {
    const alone = join(folder, 'alone.cjs');
    copyFileSync(cli(folder), alone);

    const { stdout } = await run(process.execPath, [alone, 'release', '--help'], { cwd: folder });

    expect(stdout).toContain('Usage: macie-isolator release');
    expect(statSync(alone).size).toBeLessThan(200_000);
  });

  it('ends quietly if nobody reads the help to its end, as in --help | head', async () => {
    const { stderr } = await run('sh', ['-c', `"$0" "$1" --help | true`, process.execPath, cli(folder)], {
      cwd: folder,
    });

    expect(stderr).toBe('');
  });

  it('holds nothing but code under licences that let it ship', () => {
    const shipped = shippedPackages(dirname(cli(folder)), join(folder, 'root'));

    expect(shipped.map(({ name }) => name)).toContain('@aws-sdk/client-s3');
    expect(shipped.map(({ name }) => name)).not.toContain('@cloud-copilot/iam-simulate');
    const allowed = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT'];
    expect(shipped.filter(({ licence }) => !allowed.includes(licence))).toEqual([]);
  });

  it('knows its version', async () => {
    const { stdout } = await run(process.execPath, [cli(folder), '--version'], { cwd: folder });

    expect(stdout.trim()).toBe(version);
  });

  it('can be started as a command', async () => {
    const { stdout } = await run('npx', ['--no-install', 'macie-isolator', 'settings'], {
      cwd: folder,
      // npx finds `node` by PATH.
      env: {
        ...process.env,
        PATH: `${join(root, 'node_modules', 'node', 'bin')}:${process.env['PATH'] ?? ''}`,
      },
    });

    expect(stdout).toContain('QUEUE_URL');
  });

  it('refuses to work without settings, with code 78', async () => {
    await expect(
      run(process.execPath, [cli(folder), 'worker'], { cwd: folder, env: {} }),
    ).rejects.toMatchObject({ code: 78, stderr: expect.stringContaining('QUEUE_URL is not set') });
  });

  it('says in one sentence that Node is too old', async () => {
    const older = join(folder, 'older-node.cjs');
    writeFileSync(
      older,
      "Object.defineProperties(process, { version: { value: 'v20.9.0' }, versions: { value: { node: '20.9.0' } } });",
    );

    await expect(run(process.execPath, ['--require', older, cli(folder), '--help'])).rejects.toMatchObject({
      code: 1,
      stderr: 'macie-isolator needs Node 24 or newer; this is v20.9.0.\n',
    });
  });

  it('isolates an object', async () => {
    const world = await startWorld({ stopped: true });
    const { PATH = '' } = process.env;
    const child = spawn(process.execPath, [cli(folder), 'worker'], {
      env: { PATH, ...world.aws.workerEnvironment },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    try {
      const finding = world.finding(await world.upload(world.bucket(), 'pay.csv', 'secret'));
      await world.put(finding);
      const record = await eventually(() => world.record(finding.id, 'isolated'));

      expect(record).toMatchObject({ key: 'pay.csv', service_version: version });
    } finally {
      child.kill('SIGKILL');
      await world.close();
    }
  });
});
