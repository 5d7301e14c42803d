import { describe, expect, it } from 'vitest';
import { countersOf, moved } from '../../../src/local/demo/counters.ts';
import type { DemoFile, DemoResult } from '../../../src/local/demo/run-demo.ts';
import { differences } from '../../../src/local/demo/totals.ts';

const kinds = [
  ...Array.from({ length: 3 }, () => ['Multiple', 'High'] as const),
  ...Array.from({ length: 3 }, () => ['Personal', 'High'] as const),
  ...Array.from({ length: 7 }, () => ['CustomIdentifier', 'Medium'] as const),
  ...Array.from({ length: 2 }, () => ['Multiple', 'Medium'] as const),
];

function right(): DemoFile[] {
  const found = kinds.map(
    ([kind, severity], index): DemoFile => ({
      name: `${index}.csv`,
      sizeBytes: 1,
      sha256: `${index}`,
      findingType: `SensitiveData:S3Object/${kind}`,
      severity,
      outcome: severity === 'High' ? 'isolated' : 'alerted',
      place: severity === 'High' ? 'isolation bucket' : 'data bucket',
    }),
  );
  return [...found, { name: 'supplies.csv', sizeBytes: 1, sha256: 's', place: 'data bucket' }];
}

const result = (files: readonly DemoFile[], alerts = 15): DemoResult => ({
  seed: 1,
  full: false,
  files,
  alerts: Array.from({ length: alerts }, () => ({ subject: '', findingId: '', severity: '' })),
  recordKeys: [],
  isolationBucket: 'isolation',
  metrics: [],
});

const changed = (at: number, change: Partial<DemoFile>) =>
  right().map((file, index) => (index === at ? { ...file, ...change } : file));

describe('the demo', () => {
  it('is content where everything is as promised', () => {
    expect(differences(result(right()))).toEqual([]);
  });

  it.each<[string, Partial<DemoFile>, string]>([
    ['lies in both buckets', { place: 'both buckets' }, '0.csv (High) is in both buckets'],
    ['is lost', { place: 'nowhere' }, '0.csv (High) is in nowhere'],
    ['was not isolated', { outcome: 'refused', place: 'data bucket' }, 'is in data bucket'],
    ['has another severity', { severity: 'Low' }, 'the totals are'],
  ])('says so where an object %s', (_, change, sentence) => {
    expect(differences(result(changed(0, change))).join('\n')).toContain(sentence);
  });

  it('says so where a clean file is gone', () => {
    expect(differences(result(changed(15, { place: 'isolation bucket' })))).toEqual([
      'supplies.csv (clean) is in isolation bucket, not in the data bucket',
    ]);
  });

  it('says so where alerts are missing', () => {
    expect(differences(result(right(), 14))).toEqual(['14 alerts came, not 15']);
  });
});

describe('the metrics of the demo', () => {
  const exposition = (isolated: number, other = 0) =>
    [
      '# TYPE isolator_isolations_total counter',
      `isolator_isolations_total{outcome="isolated",reason=""} ${isolated}`,
      `isolator_alerts_total{result="sent"} ${other}`,
      `isolator_inflight ${isolated}`,
    ].join('\n');

  it('are what moved meanwhile, over all workers', () => {
    const before = countersOf([exposition(1, 3), exposition(2)]);
    const after = countersOf([exposition(4, 3), exposition(5)]);

    expect(moved(before, after)).toEqual(['isolator_isolations_total{outcome="isolated",reason=""} 6']);
  });

  it('count from zero for what was not there before', () => {
    expect(moved(new Map(), countersOf([exposition(2)]))).toEqual([
      'isolator_isolations_total{outcome="isolated",reason=""} 2',
    ]);
  });
});
