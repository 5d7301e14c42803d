import { setTimeout as pause } from 'node:timers/promises';
import { counted, type Row } from '../harness/row.ts';
import { interleave, ratios, sampled } from '../harness/statistics.ts';
import { type Stub, withStub } from '../harness/stub.ts';
import { measureLoad, startWorker } from '../harness/worker.ts';

const sizeBytes = 10e9;
const streamBytesPerSecond = 30e6;
/** A clock that runs faster, which is hard on the worker: what it costs itself weighs as many times as much. */
const timesFaster = 10;
const copyBytesPerSecond = streamBytesPerSecond * timesFaster;
const partsInFlight = 10;
const partBytes = 128 * 1024 ** 2;

export const largeObject: Row = {
  number: 8,
  what: `Object of 10 GB, 30 MB/s a stream, ${partsInFlight} parts in flight`,
  against: 'the same, one part in flight',
  run: (bench) =>
    withStub({ latencyMs: 3, copyBytesPerSecond }, async (stub) => {
      const own = await startCopier(stub, 'own', partsInFlight);
      const single = await startCopier(stub, 'single', 1);
      const bytes = bench.quick ? sizeBytes / 2 : sizeBytes;
      const run = (worker: typeof own, queue: string) => async () =>
        (await measureLoad(stub, worker, { queue, count: 1, sizeBytes: bytes })).totalMs;
      const runs = await interleave(
        bench.quick ? 1 : 3,
        { single: run(single, 'single'), own: run(own, 'own') },
        bench.progress,
      );
      await Promise.all([own.end(), single.end()]);
      const seconds = (samples: readonly number[]) => (sampled(samples).median / 1000).toFixed(1);
      return {
        figures: [{ name: 'times as fast', value: ratios(runs.single, runs.own), reach: { atLeast: 8 } }],
        parts: [
          `${seconds(runs.own)} s against ${seconds(runs.single)} s, on a clock ${timesFaster} times as fast (300 MB/s a stream, 3 ms a call).`,
          `${(bytes / 1e9).toFixed(0)} GB in parts of 128 MiB.`,
        ],
      };
    }),
};

export const crashInLargeCopy: Row = {
  number: 9,
  what: 'Crash at 50 % of a large copy, restart: bytes copied again',
  against: `the ${partsInFlight} parts in flight`,
  run: (bench) =>
    withStub({ latencyMs: 3, copyBytesPerSecond }, async (stub) => {
      const bytes = bench.quick ? sizeBytes / 4 : sizeBytes;
      const first = await startCopier(stub, 'own', partsInFlight);
      const finished = stub.call('load', { queue: 'own', count: 1, sizeBytes: bytes });
      bench.progress('copying the first half');
      while ((await stub.call('counts')).partBytes < bytes / 2) await pause(20);
      await first.end('SIGKILL');
      bench.progress('copying the second half');
      const second = await startCopier(stub, 'own', partsInFlight);
      await stub.call('redeliver', 'own');
      await finished;
      const { partBytesAgain, calls } = await stub.call('counts');
      await second.end();
      return {
        figures: [
          {
            name: 'parts copied again',
            value: counted(partBytesAgain / partBytes),
            reach: { atMost: partsInFlight },
          },
        ],
        parts: [
          `${(partBytesAgain / 1e9).toFixed(2)} GB of ${(bytes / 1e9).toFixed(1)} GB were copied twice; ${calls['CreateMultipartUpload']} upload was begun.`,
        ],
      };
    }),
};

function startCopier(stub: Stub, queue: string, concurrency: number) {
  return startWorker(stub, {
    queue,
    env: { MULTIPART_CONCURRENCY: String(concurrency), MULTIPART_PART_BYTES: String(partBytes) },
  });
}
