import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import type { Row } from '../harness/row.ts';
import { interleave, ratios, sampled } from '../harness/statistics.ts';
import { withStub } from '../harness/stub.ts';

const root = new URL('../../', import.meta.url).pathname;
const bundle = `${root}dist/cli.cjs`;

export const startUp: Row = {
  number: 11,
  what: "exec to listening and first poll sent, the image's bundle with its compile cache",
  against: 'bare `node -e 0`',
  async run(bench) {
    if (!existsSync(bundle)) throw new Error('there is no bundle: npm run build makes it');
    const cache = await mkdtemp(`${tmpdir()}/bench-compile-cache-`);
    const env = { ...process.env, NODE_COMPILE_CACHE: cache };
    // As the Dockerfile does it.
    const warmed = spawnSync(process.execPath, [`${root}scripts/warm-compile-cache.ts`, bundle], { env });
    if (warmed.status !== 0) throw new Error(String(warmed.stderr));
    const runs = await interleave(
      bench.quick ? 5 : 21,
      { bare: timeBare, worker: () => timeWorker(env) },
      bench.progress,
    );
    await rm(cache, { recursive: true });
    const ms = (samples: readonly number[]) => sampled(samples).median.toFixed(0);
    return {
      figures: [{ name: 'times bare Node', value: ratios(runs.worker, runs.bare), reach: { atMost: 5 } }],
      parts: [`${ms(runs.worker)} ms against ${ms(runs.bare)} ms.`],
    };
  },
};

async function timeBare(): Promise<number> {
  const startedAt = performance.now();
  await once(spawn(process.execPath, ['-e', '0']), 'exit');
  return performance.now() - startedAt;
}

/** Until the later of the two, with a stub that is new each time, since it knows its first receive only. */
function timeWorker(env: NodeJS.ProcessEnv): Promise<number> {
  return withStub({ latencyMs: 0 }, async (stub) => {
    const startedAt = Number(process.hrtime.bigint()) / 1e6;
    const worker = spawn(process.execPath, [bundle, 'worker'], {
      env: { ...env, ...stub.environment('own') },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    for await (const line of createInterface(worker.stdout)) if (line.includes('"listening"')) break;
    const listeningAt = Number(process.hrtime.bigint()) / 1e6;
    let polledAt: number | undefined;
    while (polledAt === undefined) {
      polledAt = await stub.call('firstReceive');
      await pause(5);
    }
    worker.kill('SIGKILL');
    return Math.max(listeningAt, polledAt) - startedAt;
  });
}
