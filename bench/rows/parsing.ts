import { parseFinding } from '../../src/core/parse/parse-finding.ts';
import { envelope, macieDetail } from '../../test/support/findings.ts';
import { cpuMs } from '../harness/cpu.ts';
import type { Bench, Figure, Row } from '../harness/row.ts';
import { interleave, ratios, sampled } from '../harness/statistics.ts';
import { withStub } from '../harness/stub.ts';
import { measureLoad, startWorker } from '../harness/worker.ts';

export const parsing: Row = {
  number: 14,
  what: 'CPU of parsing a finding of 1 MiB; of a scrape',
  against: "`JSON.parse` of the finding; prom-client's render",
  async run(bench) {
    const [parse, parseParts] = await compareParsing(bench);
    const [scrape, scrapeParts] = await compareScrapes(bench);
    return { figures: [parse, scrape], parts: [parseParts, scrapeParts] };
  },
};

async function compareParsing(bench: Bench): Promise<readonly [Figure, string]> {
  const body = largeFinding(2 ** 20);
  const sentAt = new Date();
  const times = bench.quick ? 50 : 200;
  const parses = { own: () => void parseFinding(body, sentAt), json: () => void JSON.parse(body) };
  if (parseFinding(body, sentAt).kind !== 'finding') throw new Error('the large finding is none');
  const run = (parse: () => void) => async () => cpuMs(times, parse);
  const runs = await interleave(
    bench.rounds,
    { own: run(parses.own), json: run(parses.json) },
    bench.progress,
  );
  const figure = { name: 'times JSON.parse', value: ratios(runs.own, runs.json), reach: { atMost: 3 } };
  return [figure, `Parsing: ${middle(runs.own)} ms against ${middle(runs.json)} ms.`];
}

/** As large as SQS takes: many identifiers with many occurrences, which are most of a real one's bytes. */
function largeFinding(bytes: number): string {
  const cells = Array.from({ length: 15 }, (_, row) => ({
    row,
    column: 3,
    columnName: 'column',
    cellReference: null,
  }));
  const detection = (index: number) => ({
    arn: `0e8eb8a1-1a3a-49ad-992f-${index.toString(16).padStart(12, '0')}`,
    name: `identifier-${index}`,
    count: 15,
    occurrences: { cells },
  });
  const size = JSON.stringify(detection(0)).length;
  const detail = macieDetail();
  const { result } = detail['classificationDetails'] as {
    result: { customDataIdentifiers: { detections: unknown[] } };
  };
  result.customDataIdentifiers.detections = Array.from(
    { length: Math.floor((bytes - 4_000) / (size + 4)) },
    (_, index) => detection(index),
  );
  return JSON.stringify(envelope(detail));
}

/** Over HTTP with everything that a scrape is, against the registry's text alone, in the same worker. */
async function compareScrapes(bench: Bench): Promise<readonly [Figure, string]> {
  return withStub({ latencyMs: 1 }, async (stub) => {
    const worker = await startWorker(stub, { queue: 'own' });
    // So that the metrics have values.
    await measureLoad(stub, worker, { queue: 'own', count: 200 });
    const times = bench.quick ? 100 : 300;
    const used = async (run: () => Promise<unknown>) => {
      const before = await worker.usage();
      await run();
      return ((await worker.usage()).cpuMs - before.cpuMs) / times;
    };
    const scrape = async () => {
      for (let each = 0; each < times; each += 1) {
        const answer = await fetch(`http://127.0.0.1:${worker.port}/metrics`);
        if (!(await answer.text()).includes('isolator_isolations_total')) throw new Error('no metrics');
      }
    };
    const runs = await interleave(
      bench.rounds,
      { scrape: () => used(scrape), render: () => used(() => worker.call('render', times)) },
      bench.progress,
    );
    await worker.end();
    const figure = {
      name: 'times the render',
      value: ratios(runs.scrape, runs.render),
      reach: { atMost: 5 },
    };
    return [figure, `A scrape: ${middle(runs.scrape)} ms CPU; the render alone: ${middle(runs.render)} ms.`];
  });
}

function middle(samples: readonly number[]): string {
  return sampled(samples).median.toFixed(2);
}
