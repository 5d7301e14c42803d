import type { Row } from '../harness/row.ts';
import { ratios, sampled } from '../harness/statistics.ts';
import { withStub } from '../harness/stub.ts';
import { measureLoad, startWorker } from '../harness/worker.ts';

/** The heap breathes between collections, so resident memory is looked at so often, over a tenth of the way. */
const looks = 20;
/** Where much memory is free V8 lets garbage lie, and what is resident tells of that more than of the worker. */
const heapMebibytes = 256;

export const memory: Row = {
  number: 10,
  what: 'Resident memory after 200,000 findings',
  against: 'after 20,000',
  run: (bench) =>
    withStub({ latencyMs: 0 }, async (stub) => {
      if (bench.quick) throw new Error('takes a quarter of an hour, so only in a whole run');
      const [early, late] = [20_000, 200_000];
      const worker = await startWorker(stub, {
        queue: 'own',
        env: { NODE_OPTIONS: `--max-old-space-size=${heapMebibytes}` },
      });
      let handled = 0;
      const handle = async (count: number) => {
        await measureLoad(stub, worker, { queue: 'own', count });
        handled += count;
        bench.progress(`${handled} of ${late}`);
      };
      const look = async (): Promise<number[]> => {
        const seen: number[] = [];
        for (let each = 0; each < looks; each += 1) {
          await handle(early / 10 / looks);
          seen.push((await worker.usage()).residentBytes);
        }
        return seen;
      };
      await handle(early * 0.9);
      const after = sampled(await look());
      const heapAfter = await worker.heapInUse();
      await handle(late - early * 1.1);
      const muchLater = sampled(await look());
      const heapMuchLater = await worker.heapInUse();
      await worker.end();
      const mebibytes = (bytes: number) => (bytes / 2 ** 20).toFixed(0);
      return {
        figures: [
          {
            name: 'times the memory',
            value: ratios([muchLater.median], [after.median]),
            reach: { atMost: 1.05 },
          },
          { name: 'times the heap in use, garbage collected', value: ratios([heapMuchLater], [heapAfter]) },
        ],
        parts: [
          `${mebibytes(after.median)} MiB, later ${mebibytes(muchLater.median)} MiB; medians of ${looks} looks; the heap bounded to ${heapMebibytes} MiB.`,
          `In use: ${mebibytes(heapAfter)} MiB, later ${mebibytes(heapMuchLater)} MiB.`,
        ],
      };
    }),
};
