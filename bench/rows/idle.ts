import { setTimeout as pause } from 'node:timers/promises';
import { counted, type Row } from '../harness/row.ts';
import { withStub } from '../harness/stub.ts';
import { startWorker } from '../harness/worker.ts';

/** What an idle worker may call: one long poll after the other, and a sample of both queues a minute. */
const allowed: Readonly<Record<string, number>> = { ReceiveMessage: 180, GetQueueAttributes: 120 };

export const idle: Row = {
  number: 13,
  what: 'Idle: CPU seconds an hour, calls an hour',
  against: 'long polls of 20 s and a sample of the two queues a minute',
  run: (bench) =>
    withStub({ latencyMs: 5 }, async (stub) => {
      const minutes = bench.quick ? 0.25 : 5;
      const worker = await startWorker(stub, { queue: 'own' });
      // Past the start's own calls, and clear of the minute.
      await pause(5_000);
      bench.progress(`idle for ${minutes} minutes`);
      const before = await worker.usage();
      const counts = await stub.countsOf(() => pause(minutes * 60_000));
      const cpuMs = (await worker.usage()).cpuMs - before.cpuMs;
      await worker.end();
      const perHour = 60 / minutes;
      const others = Object.keys(counts.calls).filter((operation) => allowed[operation] === undefined);
      const over = Object.entries(allowed).map(([operation, atMost]) => ({
        name: `${operation} an hour`,
        value: counted((counts.calls[operation] ?? 0) * perHour),
        // One more may fall into the time that was looked at.
        reach: { atMost: atMost + perHour },
      }));
      return {
        figures: [
          ...over,
          { name: 'other operations', value: counted(others.length), reach: { atMost: 0 } },
          { name: 'CPU seconds an hour', value: counted((cpuMs / 1000) * perHour) },
        ],
        parts: [
          `Looked at for ${minutes} minutes${others.length > 0 ? `; also called: ${others.join(', ')}` : ''}.`,
        ],
      };
    }),
};
