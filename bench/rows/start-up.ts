import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import type { Row } from '../harness/row.ts';
import { interleave, ratios, sampled } from '../harness/statistics.ts';
import { type Stub, withStub } from '../harness/stub.ts';
import { oftenTimed, timeNode } from '../harness/time-node.ts';

const root = new URL('../../', import.meta.url).pathname;

export const startUp: Row = {
  number: 11,
  what: 'exec to listening and first poll sent, as the image starts',
  against: 'bare `node -e 0`',
  async run(bench) {
    if (!existsSync(`${root}dist/program.cjs`)) throw new Error('there is no bundle: npm run build makes it');
    const image = await mkdtemp(`${tmpdir()}/bench-image-`);
    const command = await likeTheImage(image);
    const runs = await withStub({ latencyMs: 0 }, (stub) =>
      interleave(
        bench.quick ? 5 : 21,
        {
          bare: () => oftenTimed(() => timeNode('-e', '0')),
          worker: () => oftenTimed(() => timeWorker(command, stub)),
        },
        bench.progress,
      ),
    );
    await rm(image, { recursive: true });
    const ms = (samples: readonly number[]) => sampled(samples).median.toFixed(0);
    return {
      figures: [{ name: 'times bare Node', value: ratios(runs.worker, runs.bare), reach: { atMost: 5 } }],
      parts: [`${ms(runs.worker)} ms against ${ms(runs.bare)} ms.`],
    };
  },
};

/** Lays out what the Dockerfile does, and gives the arguments of its entrypoint. */
async function likeTheImage(folder: string): Promise<readonly string[]> {
  const start = join(folder, 'start.cjs');
  await cp(`${root}dist`, join(folder, 'dist'), { recursive: true });
  await cp(`${root}docker/start.cjs`, start);
  const compiled = spawnSync(process.execPath, [`${root}scripts/compile-bundle.ts`, start]);
  if (compiled.status !== 0) throw new Error(String(compiled.stderr));
  const [, entrypoint = '[]'] =
    /^ENTRYPOINT (.*start\.cjs.*)$/m.exec(await readFile(`${root}Dockerfile`, 'utf8')) ?? [];
  const [, ...options] = JSON.parse(entrypoint) as string[];
  return [...options.slice(0, -1), start];
}

/** Until the later of the two. */
async function timeWorker(command: readonly string[], stub: Stub): Promise<number> {
  const startedAt = Number(process.hrtime.bigint()) / 1e6;
  const worker = spawn(process.execPath, [...command, 'worker'], {
    env: { ...process.env, ...stub.environment('own') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(worker, 'exit');
  for await (const line of createInterface(worker.stdout)) if (line.includes('"listening"')) break;
  const listeningAt = Number(process.hrtime.bigint()) / 1e6;
  let polledAt: number | undefined;
  while (polledAt === undefined) {
    polledAt = await stub.call('firstReceive');
    await pause(5);
  }
  worker.kill('SIGKILL');
  await exited;
  return Math.max(listeningAt, polledAt) - startedAt;
}
