import { type Bench, counted, type Figure, type Row } from '../harness/row.ts';
import { sampled } from '../harness/statistics.ts';
import { type Stub, withStub } from '../harness/stub.ts';
import { measureLoad, startWorker } from '../harness/worker.ts';
import type { SourceBucket } from '../stub/protocol.ts';

const queueCalls: ReadonlySet<string> = new Set([
  'ReceiveMessage',
  'DeleteMessageBatch',
  'GetQueueAttributes',
]);

export const batches: Row = {
  number: 6,
  what: 'Messages a receive; entries a delete batch, under load',
  against: '',
  run: (bench) =>
    withStub({ latencyMs: 30 }, async (stub) => {
      const worker = await startWorker(stub, { queue: 'own' });
      const count = bench.quick ? 400 : 1_500;
      const runs: (readonly [received: number, deleted: number])[] = [];
      for (let round = 0; round < bench.rounds; round += 1) {
        bench.progress(`round ${round + 1} of ${bench.rounds}`);
        const counts = await stub.countsOf(() => measureLoad(stub, worker, { queue: 'own', count }));
        const deletes = counts.calls['DeleteMessageBatch'] ?? Number.NaN;
        runs.push([counts.received / counts.filledReceives, counts.deleted / deletes]);
      }
      await worker.end();
      return {
        figures: [
          { name: 'a receive', value: sampled(runs.map(([received]) => received)), reach: { atLeast: 5 } },
          {
            name: 'a delete batch',
            value: sampled(runs.map(([, deleted]) => deleted)),
            reach: { atLeast: 9 },
          },
        ],
        parts: ['CONCURRENCY=50, 30 ms a call, the queue never empty; its end is counted too.'],
      };
    }),
};

export const s3Calls: Row = {
  number: 7,
  what: 'S3 calls an isolated finding',
  against: '',
  run: (bench) =>
    withStub({ latencyMs: 0 }, async (stub) => {
      const worker = await startWorker(stub, { queue: 'own' });
      // The first finding comes after whatever is asked once, at the start.
      await measureLoad(stub, worker, { queue: 'own', count: 1 });
      const parts: string[] = [];
      const figures: Figure[] = [];
      for (const [name, bucket, atMost] of cases) {
        const { total, calls } = await countCalls(bench, stub, worker, bucket);
        figures.push({ name, value: counted(total), reach: { atMost } });
        parts.push(`${name}: ${calls}.`);
      }
      await worker.end();
      return { figures, parts };
    }),
};

const cases: readonly (readonly [name: string, bucket: SourceBucket, atMost: number])[] = [
  ['unversioned', 'lake', 4],
  ['versioned', 'lake-versioned', 6],
  ['versioned, an older version stays', 'lake-with-history', 6],
];

async function countCalls(
  bench: Bench,
  stub: Stub,
  worker: Awaited<ReturnType<typeof startWorker>>,
  bucket: SourceBucket,
): Promise<{ readonly total: number; readonly calls: string }> {
  const count = bench.quick ? 50 : 500;
  const counts = await stub.countsOf(() => measureLoad(stub, worker, { queue: 'own', count, bucket }));
  const calls = Object.entries(counts.calls).filter(([operation]) => !queueCalls.has(operation));
  return {
    total: calls.reduce((sum, [, times]) => sum + times / count, 0),
    calls: calls.map(([operation, times]) => `${times / count} ${operation}`).join(', '),
  };
}
