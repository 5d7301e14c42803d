import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';

const root = new URL('../../', import.meta.url).pathname;

function start(argv: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, ['src/cli.ts', ...argv], {
    cwd: root,
    env: { PATH, HOME, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'close') as Promise<[number | null]>;
  return { child, exited };
}

describe('the process of a command', () => {
  it('ends with its own exit code where nobody reads its sentence, as in 2>&1 | head', async () => {
    const { child, exited } = start(['list', '--nonsense']);
    child.stderr.destroy();

    const [code] = await exited;

    expect(code).toBe(2);
  });

  it('uses the profile that is named before credentials of the environment, without a word of the SDK', async () => {
    const { child, exited } = start(['list', '--profile', 'nobody'], {
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_REGION: 'us-east-1',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      ISOLATION_BUCKET: 'isolation',
      QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/111122223333/findings',
    });
    let err = '';
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk.toString('utf8');
    });

    const [code] = await exited;

    expect(code).toBe(78);
    expect(err).toBe(
      'macie-isolator: No valid AWS credentials were found. Sign in, or name a profile with --profile.\n',
    );
  });
});
