import { readPolicy } from '../../src/config/policy/read-policy.ts';
import { parseFinding } from '../../src/core/parse/parse-finding.ts';
import type { Decide } from '../../src/core/policy/policy.ts';
import { macieFinding } from '../../src/local/macie/finding.ts';
import { scanCsv } from '../../src/local/macie/scan-csv.ts';
import { generateTables } from '../../src/local/synthea/generate.ts';
import { envelope } from '../../test/support/findings.ts';
import { cpuMs } from '../harness/cpu.ts';
import type { Row } from '../harness/row.ts';
import { interleave, ratios, sampled } from '../harness/statistics.ts';

const rules = 100;

export const policy: Row = {
  number: 18,
  what: `CPU of a decision by a policy of ${rules} rules, of which none matches`,
  against: '`JSON.parse` of the finding, that of the demo about `patients.csv`',
  async run(bench) {
    const at = new Date();
    const body = JSON.stringify(envelope(findingOfDemo(at)));
    const parsed = parseFinding(body, at);
    if (parsed.kind !== 'finding') throw new Error('the finding is none');
    const { finding } = parsed;
    const decide = decideByRules();
    if (decide(finding, { at }).rule !== 'default') throw new Error('a rule matches');
    const times = bench.quick ? 20_000 : 100_000;
    const run = (subject: () => void) => async () => cpuMs(times, subject);
    const subjects = {
      decision: run(() => void decide(finding, { at })),
      json: run(() => void JSON.parse(body)),
    };
    const runs = await interleave(bench.rounds, subjects, bench.progress);
    const microseconds = (samples: readonly number[]) => (sampled(samples).median * 1000).toFixed(1);
    return {
      figures: [
        { name: 'times JSON.parse', value: ratios(runs.decision, runs.json), reach: { atMost: 0.25 } },
      ],
      parts: [
        `A decision: ${microseconds(runs.decision)} µs; JSON.parse of ${body.length} bytes: ${microseconds(runs.json)} µs.`,
      ],
    };
  },
};

/** With up to fifteen occurrences of each identifier, as Macie gives them. */
function findingOfDemo(at: Date) {
  const csv = generateTables({ seed: 1, full: false }).get('patients') ?? '';
  const object = {
    account: '444455556666',
    region: 'us-east-1',
    bucket: 'lake-of-hospital',
    key: 'landing/2026/11/patients.csv',
    sizeBytes: csv.length,
    eTag: '07b21b45c9ed4a3fabf8173be102d9c2',
    lastModified: at,
    storageClass: 'STANDARD',
  };
  return macieFinding(object, scanCsv(csv), at);
}

/** Rules as teams write them: by bucket and key, by identifier and count, by size, severity and tag. */
function decideByRules(): Decide {
  const conditions = [
    (index: number) => ({ bucket: `lake-${index}-*`, minSeverity: 'High' }),
    (index: number) => ({ key: [`raw/${index}/*.csv`, `*/table-${index}/*`], severity: ['Medium', 'High'] }),
    (index: number) => ({ customDataIdentifier: [`Patient ID ${index}`, `Case ${index} *`], minCount: 10 }),
    (index: number) => ({ account: String(index).padStart(12, '0'), not: { publicAccess: true } }),
    (index: number) => ({
      bucketTag: `team=${index}`,
      anyOf: [{ minSize: '1 GiB' }, { extension: 'parquet' }],
    }),
  ];
  const text = JSON.stringify({
    version: 1,
    rules: Array.from({ length: rules }, (_, index) => ({
      name: `rule-${index}`,
      when: conditions[index % conditions.length]?.(index),
      action: 'isolate',
    })),
    default: 'alert',
  });
  const read = readPolicy(text);
  if (!read.ok) throw new Error(read.problems.map(({ message }) => message).join(' '));
  return read.policy.decide;
}
