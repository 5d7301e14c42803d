import { execFile } from 'node:child_process';
import { chmodSync, cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rules } from '../support/dashboards.ts';
import { testFile } from './prometheus/cases.ts';

const run = promisify(execFile);
const root = new URL('../../', import.meta.url).pathname;
let folder: string;

/** promtool of the image that docker-compose.yml runs, over the configuration and the cases. */
async function promtool(...args: readonly string[]): Promise<string> {
  const options = [
    '--rm',
    '--workdir',
    '/project',
    '--entrypoint',
    'promtool',
    '--volume',
    `${folder}:/project:ro`,
  ];
  const { stdout, stderr } = await run('docker', ['run', ...options, 'prom/prometheus:v3.16.0', ...args]);
  return stdout + stderr;
}

describe('promtool', () => {
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'isolator-rules-'));
    // promtool is nobody in its container.
    chmodSync(folder, 0o755);
    cpSync(`${root}docker/prometheus`, folder, { recursive: true });
    for (const interval of ['1m', '10m']) {
      writeFileSync(join(folder, `${interval}.test.yml`), testFile('isolator.rules.yml', interval));
    }
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('takes the configuration and its rules', async () => {
    expect(await promtool('check', 'config', '--lint-fatal', 'prometheus.yml')).toContain(
      `SUCCESS: ${rules.length} rules found`,
    );
  });

  // Each takes the better part of a minute of one core.
  it.concurrent.each(['1m', '10m'])(
    'finds every alert firing when it must, silent else, and surviving what it must: cases of %s',
    async (interval) => {
      expect(await promtool('test', 'rules', `${interval}.test.yml`)).toContain('SUCCESS');
    },
  );
});
