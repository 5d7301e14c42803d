import type { Row } from '../harness/row.ts';
import { interleave, ratios, sampled } from '../harness/statistics.ts';
import { withStub } from '../harness/stub.ts';
import { startWorker } from '../harness/worker.ts';

const env = { CONCURRENCY: '8' };

export const moreWorkers: Row = {
  number: 12,
  what: '2 and 4 workers on one queue, 30 ms a call, CONCURRENCY=8',
  against: 'one worker',
  run: (bench) =>
    withStub({ latencyMs: 30 }, async (stub) => {
      const fleet = async (size: number) => {
        const queue = `shared-by-${size}`;
        const workers = await Promise.all(
          Array.from({ length: size }, () => startWorker(stub, { queue, env })),
        );
        const count = (bench.quick ? 200 : 800) * size;
        const run = async () => (await stub.call('load', { queue, count })).perSecond;
        await run();
        return { run, end: () => Promise.all(workers.map((worker) => worker.end())) };
      };
      bench.progress('warm-up');
      const [one, two, four] = [await fleet(1), await fleet(2), await fleet(4)];
      const runs = await interleave(
        bench.quick ? 2 : bench.rounds,
        { one: one.run, two: two.run, four: four.run },
        bench.progress,
      );
      await Promise.all([one.end(), two.end(), four.end()]);
      const rate = (samples: readonly number[]) => sampled(samples).median.toFixed(0);
      return {
        figures: [
          { name: 'two workers', value: ratios(runs.two, runs.one), reach: { atLeast: 1.9 } },
          { name: 'four workers', value: ratios(runs.four, runs.one), reach: { atLeast: 3.6 } },
        ],
        parts: [`${rate(runs.one)}, ${rate(runs.two)} and ${rate(runs.four)} findings/s.`],
      };
    }),
};
