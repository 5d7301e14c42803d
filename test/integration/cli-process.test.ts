import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
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

  it('asks the endpoint that the command line names, whatever the environment names for a service', async () => {
    const asked: string[] = [];
    const server = createServer((request, answer) => {
      asked.push(request.url ?? '');
      answer.writeHead(403).end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { exited } = start(['list', '--endpoint-url', `http://127.0.0.1:${port}`], {
      AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_REGION: 'us-east-1',
      ISOLATION_BUCKET: 'isolation',
      QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/111122223333/findings',
    });

    const [code] = await exited;
    server.close();

    expect(code).toBe(1);
    expect(asked[0]).toContain('/isolation');
  });

  it.each([
    ['help', ['--help']],
    ['a command', ['settings']],
  ])('tells in a sentence that the disk is full for what it writes: %s', async (_, argv) => {
    const child = spawn(process.execPath, ['src/cli.ts', ...argv], {
      cwd: root,
      stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'],
    });
    let err = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      err += chunk.toString('utf8');
    });

    const [code] = await once(child, 'close');

    expect(code).toBe(1);
    expect(err).toBe('macie-isolator: Standard output could not be written (ENOSPC).\n');
  });

  it('ends with its own exit code where its sentence cannot be written', async () => {
    const child = spawn(process.execPath, ['src/cli.ts', 'list', '--nonsense'], {
      cwd: root,
      stdio: ['ignore', 'ignore', openSync('/dev/full', 'w')],
    });

    const [code] = await once(child, 'close');

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
