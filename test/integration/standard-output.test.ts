import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { startWorld, type World } from '../support/world.ts';

const root = new URL('../../', import.meta.url).pathname;
const closing: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

/** A worker whose standard output goes where the shell sends it. */
async function start(world: World, redirected: (worker: string) => string) {
  const port = await freePort();
  const child = spawn('bash', ['-c', redirected(`"${process.execPath}" src/main.ts`)], {
    cwd: root,
    env: {
      PATH: process.env['PATH'] ?? '',
      ...world.aws.workerEnvironment,
      LOG_LEVEL: 'debug',
      PORT: String(port),
    },
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const exited = once(child, 'close');
  closing.push(async () => {
    try {
      process.kill(-(child.pid ?? 0), 'SIGKILL');
    } catch {
      // It is over.
    }
    await exited;
  });
  const get = async (path: string) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`);
    return { status: answer.status, text: await answer.text() };
  };
  await eventually(async () => (await get('/readyz').catch(() => undefined))?.status === 200);
  return { get, exited, errors: () => errors };
}

async function freePort(): Promise<number> {
  const { createServer } = await import('node:net');
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** Prints its pid for the test to signal it, then is the worker. */
const codeOf = (worker: string) => `${worker} & pid=$!; echo "pid $pid" >&2; wait $pid; echo "code $?" >&2`;

describe('a worker whose standard output', () => {
  it.each([
    ['is a full disk', (worker: string) => `{ ${codeOf(worker)}; } >/dev/full`],
    ['is a closed pipe', (worker: string) => `{ ${codeOf(worker)}; } > >(exec true)`],
    ['is a pipe that nobody reads', (worker: string) => `{ ${codeOf(worker)}; } > >(exec sleep 60)`],
  ])('%s isolates, answers, counts the lines that it drops, and ends with code 0', async (_, redirected) => {
    const world = await startWorld({ stopped: true });
    closing.push(() => world.close());
    const worker = await start(world, redirected);
    // Over 64 KiB of lines, which a pipe takes, and over the mebibyte that is kept for its reader.
    const isNeverRead = redirected('').includes('sleep');
    const long = 'k'.repeat(950);
    const findings = await Promise.all(
      Array.from({ length: isNeverRead ? 500 : 3 }, async (_each, index) => {
        const finding = world.finding(await world.upload(world.bucket(), `${index}${long}`, 'secret'));
        await world.put(finding);
        return finding;
      }),
    );
    for (const { id } of findings) await eventually(() => world.record(id, 'isolated') !== undefined);

    expect((await worker.get('/livez')).status).toBe(200);
    const { text } = await worker.get('/metrics');
    const [, dropped] = /^isolator_log_lines_dropped_total (\d+)$/m.exec(text) ?? [];
    expect(Number(dropped)).toBeGreaterThan(0);
    const [, pid] = /^pid (\d+)$/m.exec(worker.errors()) ?? [];
    process.kill(Number(pid), 'SIGTERM');
    await eventually(() => worker.errors().includes('code '));
    expect(worker.errors()).toMatch(/^pid \d+\ncode 0\n$/);
  });
});
