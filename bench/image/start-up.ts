import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { withStub } from '../harness/stub.ts';

/**
 * Run in a container of the image, and given its entrypoint: how long it takes from exec until the worker
 * listens and until it is ready, AWS answering at once, beside bare Node. Prints milliseconds as JSON.
 */
const [command = '', ...options] = process.argv.slice(2);
const rounds = 21;

const bare: number[] = [];
const listening: number[] = [];
const ready: number[] = [];
await withStub({ latencyMs: 0 }, async (stub) => {
  const env = { ...process.env, ...stub.environment('own') };
  // The first round fills the machine's caches and does not count.
  for (let round = -1; round < rounds; round += 1) {
    const bareMs = await timeBareNode();
    const worker = await timeWorker(env);
    if (round < 0) continue;
    bare.push(bareMs);
    listening.push(worker.listening);
    ready.push(worker.ready);
  }
});
process.stdout.write(JSON.stringify({ bare, listening, ready }));

async function timeBareNode(): Promise<number> {
  const startedAt = performance.now();
  await once(spawn(process.execPath, ['-e', '0']), 'exit');
  return performance.now() - startedAt;
}

async function timeWorker(
  env: NodeJS.ProcessEnv,
): Promise<{ readonly listening: number; readonly ready: number }> {
  const startedAt = performance.now();
  const worker = spawn(command, [...options, 'worker'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(worker, 'exit');
  const times = { listening: Number.NaN, ready: Number.NaN };
  for await (const line of createInterface(worker.stdout)) {
    const { event, ready: isReady } = JSON.parse(line) as { event?: string; ready?: boolean };
    if (event === 'listening') times.listening = performance.now() - startedAt;
    if (event !== 'readiness_changed' || !isReady || !Number.isNaN(times.ready)) continue;
    times.ready = performance.now() - startedAt;
    worker.kill('SIGKILL');
  }
  await exited;
  return times;
}
