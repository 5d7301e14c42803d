import type { Row } from '../harness/row.ts';
import { interleave, ratios, sampled } from '../harness/statistics.ts';
import { withStub } from '../harness/stub.ts';
import { measureLoad, startWorker } from '../harness/worker.ts';

/** Long enough that waiting is what limits, on any machine. */
const latencyMs = 60;
const calls = 4;
const slowTimes = 30;
/** Makes the copy alone take so long that the whole finding takes 30 times as long. */
const slowCopyTimes = slowTimes * calls - (calls - 1);

export const mixedLoad: Row = {
  number: 5,
  what: `Mixed load: 1 finding in 20 takes ${slowTimes} times as long, 50 slots`,
  against: 'stock sqs-consumer, 50 concurrent messages in five consumers',
  run: (bench) =>
    withStub({ latencyMs, slowCopyTimes }, async (stub) => {
      const env = { CONCURRENCY: '50' };
      const [worker, stock] = await Promise.all([
        startWorker(stub, { queue: 'own', env }),
        startWorker(stub, { queue: 'stock', env, stock: 'queue' }),
      ]);
      const count = bench.quick ? 400 : 1_000;
      const run = (subject: typeof worker, queue: string) => async () =>
        (await measureLoad(stub, subject, { queue, count, slowOneIn: 20 })).perSecond;
      const runs = await interleave(
        bench.quick ? 1 : bench.rounds,
        { own: run(worker, 'own'), stock: run(stock, 'stock') },
        bench.progress,
      );
      await Promise.all([worker.end(), stock.end()]);
      const rate = (samples: readonly number[]) => sampled(samples).median.toFixed(0);
      return {
        figures: [{ name: 'times as many', value: ratios(runs.own, runs.stock), reach: { atLeast: 4.5 } }],
        parts: [
          `Slots: ${rate(runs.own)} findings/s. Stock: ${rate(runs.stock)} findings/s.`,
          `${latencyMs} ms a call, so that waiting is the limit; the same objects are slow for both.`,
        ],
      };
    }),
};
