import type { Row } from '../harness/row.ts';
import { sampled } from '../harness/statistics.ts';
import { withStub } from '../harness/stub.ts';
import { measureLoad, startWorker } from '../harness/worker.ts';

/** What S3 allows here, in calls a second: far below what one worker would make. */
const s3CallsPerSecond = 200;

export const throttling: Row = {
  number: 16,
  what: `S3 answers 503 SlowDown above ${s3CallsPerSecond} calls a second: calls that went well`,
  against: 'that rate',
  run: (bench) =>
    withStub({ latencyMs: 30, s3CallsPerSecond }, async (stub) => {
      const worker = await startWorker(stub, { queue: 'own' });
      const load = { queue: 'own', count: bench.quick ? 500 : 1_000 };
      const shares: { readonly ofRate: number; readonly throttled: number }[] = [];
      bench.progress('warm-up');
      await measureLoad(stub, worker, load);
      for (let round = 0; round < (bench.quick ? 2 : bench.rounds); round += 1) {
        bench.progress(`round ${round + 1}`);
        let perSecond = 0;
        const counts = await stub.countsOf(async () => {
          ({ perSecond } = await measureLoad(stub, worker, load));
        });
        const well = 4 * load.count;
        shares.push({
          ofRate: (perSecond * 4) / s3CallsPerSecond,
          throttled: counts.throttled / (well + counts.throttled),
        });
      }
      await worker.end();
      return {
        figures: [
          {
            name: 'share of the rate',
            value: sampled(shares.map(({ ofRate }) => ofRate)),
            reach: { atLeast: 0.9 },
          },
          {
            name: 'share of calls throttled',
            value: sampled(shares.map(({ throttled }) => throttled)),
            reach: { atMost: 0.02 },
          },
        ],
        parts: ['CONCURRENCY=50, 30 ms a call.'],
      };
    }),
};
