import type { Child } from '../harness/child.ts';
import type { Bench, Figure, Row, RowResult } from '../harness/row.ts';
import { interleave, ratios, sampled } from '../harness/statistics.ts';
import { type Stub, withStub } from '../harness/stub.ts';
import { measureLoad, startBareLoop, startWorker } from '../harness/worker.ts';

/** CPU counts here, so the wait is short and the load large. */
const latencyMs = 5;
const concurrency = 50;
const env = { CONCURRENCY: String(concurrency) };

export const againstBareLoop: Row = {
  number: 3,
  what: 'CPU a finding',
  against: 'a bare loop of the same HTTP calls, signed, same handler',
  run: (bench) =>
    withStub({ latencyMs }, async (stub) => {
      const loop = await startBareLoop(stub, 'other', concurrency);
      return compareCpu(bench, stub, loop, 1.15, 'The bare loop');
    }),
};

export const againstStockClients: Row = {
  number: 4,
  what: 'CPU a finding',
  against: "the same worker with the SDK's default handler and settings",
  async run(bench) {
    const whole = await withStub({ latencyMs }, async (stub) => {
      const stock = await startWorker(stub, { queue: 'other', env, stock: 'clients' });
      return compareCpu(bench, stub, stock, 0.75, 'With the default handler and settings');
    });
    const calls = await withStub({ latencyMs }, (stub) => compareCalls(bench, stub));
    return { figures: [...whole.figures, calls], parts: whole.parts };
  },
};

/** What handler and settings gain for the calls themselves: the worker cannot gain more. */
async function compareCalls(bench: Bench, stub: Stub): Promise<Figure> {
  const own = await startBareLoop(stub, 'own', concurrency);
  const stock = await startBareLoop(stub, 'other', concurrency, 'clients');
  const runs = await interleaveCpu(bench, stub, own, stock);
  return { name: 'the same for the bare loop of the calls', value: ratios(runs.own, runs.other) };
}

async function compareCpu(
  bench: Bench,
  stub: Stub,
  other: Child<never>,
  atMost: number,
  otherName: string,
): Promise<RowResult> {
  const worker = await startWorker(stub, { queue: 'own', env });
  const runs = await interleaveCpu(bench, stub, worker, other);
  const ms = (samples: readonly number[]) => sampled(samples).median.toFixed(2);
  return {
    figures: [{ name: 'times the CPU', value: ratios(runs.own, runs.other), reach: { atMost } }],
    parts: [`The worker: ${ms(runs.own)} ms CPU a finding.`, `${otherName}: ${ms(runs.other)} ms.`],
  };
}

/** Milliseconds of CPU a finding, round by round, of what takes off the queues `own` and `other`. Ends both. */
async function interleaveCpu(
  bench: Bench,
  stub: Stub,
  own: Child<never>,
  other: Child<never>,
): Promise<{ readonly own: number[]; readonly other: number[] }> {
  const count = bench.quick ? 400 : 1_500;
  const run = (subject: Child<never>, queue: string) => async () =>
    (await measureLoad(stub, subject, { queue, count })).cpuMsPerFinding;
  const subjects = { own: run(own, 'own'), other: run(other, 'other') };
  // Twice, so that all is compiled.
  await interleave(2, subjects, (text) => bench.progress(`warm-up, ${text}`));
  const runs = await interleave(bench.rounds, subjects, bench.progress);
  await Promise.all([own.end(), other.end()]);
  return runs;
}
