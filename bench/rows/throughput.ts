import type { Bench, Row, RowResult } from '../harness/row.ts';
import { interleave, ratios, sampled } from '../harness/statistics.ts';
import { type Stub, withStub } from '../harness/stub.ts';
import { measureLoad, startBareLoop, startWorker } from '../harness/worker.ts';
import { serialLoop } from '../subjects/serial-loop.ts';

const latencyMs = 30;
/** As many as keep one core busy at this latency. */
const concurrency = 200;
const unlimited = 1_000;

export const againstSerial: Row = {
  number: 1,
  what: `Findings a second, one worker, ${latencyMs} ms a call, small objects, CONCURRENCY=${concurrency}`,
  against: 'serial copy and delete with boto3, same stub',
  run: (bench) => withStub({ latencyMs }, (stub) => compareWithSerial(bench, stub)),
};

async function compareWithSerial(bench: Bench, stub: Stub): Promise<RowResult> {
  const serial = await serialLoop(stub, bench.progress);
  const worker = await startWorker(stub, { queue: 'own', env: { CONCURRENCY: String(concurrency) } });
  const count = bench.quick ? 400 : 1_500;
  const own = () => measureLoad(stub, worker, { queue: 'own', count });
  await own();
  const runs = await interleave(
    bench.rounds,
    { own: async () => (await own()).perSecond, serial: () => serial.run(bench.quick ? 30 : 100) },
    bench.progress,
  );
  await worker.end();
  const [ownRate, serialRate] = [sampled(runs.own), sampled(runs.serial)];
  return {
    figures: [{ name: 'times as many', value: ratios(runs.own, runs.serial), reach: { atLeast: 20 } }],
    parts: [
      `The worker: ${ownRate.median.toFixed(0)} findings/s, four verified S3 calls each.`,
      `${serial.name}: ${serialRate.median.toFixed(1)} findings/s, two S3 calls each, nothing verified.`,
    ],
  };
}

export const againstIdeal: Row = {
  number: 2,
  what: 'The same with four verified calls',
  against: `the same calls and nothing else, ${unlimited} sockets`,
  run: (bench) => withStub({ latencyMs }, (stub) => compareWithIdeal(bench, stub)),
};

async function compareWithIdeal(bench: Bench, stub: Stub): Promise<RowResult> {
  const worker = await startWorker(stub, { queue: 'own', env: { CONCURRENCY: String(concurrency) } });
  const loop = await startBareLoop(stub, 'ideal', unlimited);
  const count = bench.quick ? 400 : 1_500;
  const own = () => measureLoad(stub, worker, { queue: 'own', count });
  const ideal = () => measureLoad(stub, loop, { queue: 'ideal', count });
  await Promise.all([own(), ideal()]);
  const runs = await interleave(bench.rounds, { own, ideal }, bench.progress);
  await Promise.all([worker.end(), loop.end()]);
  const rate = (of: readonly { perSecond: number }[]) => of.map(({ perSecond }) => perSecond);
  const stubMs = sampled(runs.own.map(({ stubCpuMsPerFinding }) => stubCpuMsPerFinding)).median;
  return {
    figures: [{ name: 'share', value: ratios(rate(runs.own), rate(runs.ideal)), reach: { atLeast: 0.9 } }],
    parts: [
      `The worker: ${sampled(rate(runs.own)).median.toFixed(0)} findings/s.`,
      `The loop: ${sampled(rate(runs.ideal)).median.toFixed(0)} findings/s.`,
      `The stub used ${stubMs.toFixed(2)} ms CPU a finding, on the machine's other core.`,
    ],
  };
}
