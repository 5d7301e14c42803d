import type { Bench, Row, RowResult } from '../harness/row.ts';
import { interleave, ratios, sampled } from '../harness/statistics.ts';
import { type Stub, withStub } from '../harness/stub.ts';
import { measureLoad, startWorker } from '../harness/worker.ts';

const latencyMs = 30;
const concurrency = 200;

export const confirmation: Row = {
  number: 17,
  what: `Findings a second where Macie confirms each, ${latencyMs} ms a call, CONCURRENCY=${concurrency}`,
  against: 'the same worker with CONFIRM_FINDINGS=never',
  run: (bench) => withStub({ latencyMs }, (stub) => compare(bench, stub)),
};

async function compare(bench: Bench, stub: Stub): Promise<RowResult> {
  const workerOf = (queue: string, confirm: 'macie' | 'never') =>
    startWorker(stub, { queue, env: { CONCURRENCY: String(concurrency), CONFIRM_FINDINGS: confirm } });
  const [asking, trusting] = await Promise.all([workerOf('asking', 'macie'), workerOf('trusting', 'never')]);
  const count = bench.quick ? 400 : 1_500;
  const measured = { calls: 0, findings: 0 };
  const withMacie = async () => {
    let perSecond = 0;
    const { calls } = await stub.countsOf(async () => {
      ({ perSecond } = await measureLoad(stub, asking, { queue: 'asking', count }));
    });
    measured.calls += calls['GetFindings'] ?? 0;
    measured.findings += count;
    return perSecond;
  };
  const without = async () => (await measureLoad(stub, trusting, { queue: 'trusting', count })).perSecond;
  bench.progress('warm-up');
  await withMacie();
  await without();
  const runs = await interleave(bench.rounds, { withMacie, without }, bench.progress);
  await Promise.all([asking.end(), trusting.end()]);
  const rate = (of: readonly number[]) => sampled(of).median.toFixed(0);
  return {
    figures: [{ name: 'of the rate', value: ratios(runs.withMacie, runs.without), reach: { atLeast: 0.75 } }],
    parts: [
      `With Macie: ${rate(runs.withMacie)} findings/s, ${(measured.findings / measured.calls).toFixed(1)} findings a call.`,
      `Without: ${rate(runs.without)} findings/s.`,
    ],
  };
}
