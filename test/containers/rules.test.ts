import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const run = promisify(execFile);
const root = new URL('../../', import.meta.url).pathname;

/** promtool of the image that docker-compose.yml runs, in the folders as they lie here. */
async function promtool(...args: readonly string[]): Promise<string> {
  const mounts = ['docker/prometheus', 'test/containers/prometheus'].flatMap((folder) => [
    '--volume',
    `${root}${folder}:/project/${folder}:ro`,
  ]);
  const image = 'prom/prometheus:v3.16.0';
  const options = ['--rm', '--workdir', '/project', '--entrypoint', 'promtool', ...mounts];
  const { stdout, stderr } = await run('docker', ['run', ...options, image, ...args]);
  return stdout + stderr;
}

describe('promtool', () => {
  it('takes the configuration and its rules', async () => {
    const output = await promtool('check', 'config', '--lint-fatal', 'docker/prometheus/prometheus.yml');

    expect(output).toMatch(/SUCCESS: 2\d rules found/);
  });

  it.each(['rules', 'slow-rules'])(
    'finds every alert firing when it must and silent else: %s',
    async (file) => {
      expect(await promtool('test', 'rules', `test/containers/prometheus/${file}.test.yml`)).toContain(
        'SUCCESS',
      );
    },
  );
});
