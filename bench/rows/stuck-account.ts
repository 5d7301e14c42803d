import type { Row } from '../harness/row.ts';
import { interleave, ratios, sampled } from '../harness/statistics.ts';
import { withStub } from '../harness/stub.ts';
import { measureLoad, startWorker } from '../harness/worker.ts';

/** Long enough that waiting is what limits, on any machine. */
const latencyMs = 60;
const stuckMs = 30_000;

export const stuckAccount: Row = {
  number: 19,
  what: `Ten accounts, one of which answers after ${stuckMs / 1000} s, 50 slots: findings of the other nine`,
  against: 'the same with ten healthy accounts',
  run: (bench) => {
    const count = bench.quick ? 4_000 : 8_000;
    /** A worker of its own in each run, which knows of no trouble yet. */
    const run = (stuck: number) => () =>
      withStub({ latencyMs, stuckMs: stuck }, async (stub) => {
        const worker = await startWorker(stub, { queue: 'own', env: { CONCURRENCY: '50' } });
        const { perSecond } = await measureLoad(stub, worker, { queue: 'own', count, tenAccounts: true });
        return perSecond;
      });
    return (async () => {
      const runs = await interleave(
        bench.quick ? 1 : bench.rounds,
        { stuck: run(stuckMs), healthy: run(0) },
        bench.progress,
      );
      const rate = (samples: readonly number[]) => sampled(samples).median.toFixed(0);
      return {
        figures: [{ name: 'of the rate', value: ratios(runs.stuck, runs.healthy), reach: { atLeast: 0.9 } }],
        parts: [
          `With the stuck account: ${rate(runs.stuck)} findings/s of the nine. Without: ${rate(runs.healthy)}.`,
          `${latencyMs} ms a call, so that waiting is the limit; the worker learns of the stuck account within the run.`,
        ],
      };
    })();
  },
};
