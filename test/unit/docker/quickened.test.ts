import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { quickened } from '../../../scripts/drill/quickened.ts';
import { faultsIn } from '../../support/promql.ts';

const file = readFileSync(new URL('../../../docker/prometheus/isolator.rules.yml', import.meta.url), 'utf8');
interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly for?: string;
}
const rulesOf = (text: string) =>
  (parse(text) as { groups: readonly { rules: readonly Rule[] }[] }).groups.flatMap(({ rules }) => rules);

describe('the rules of a drill', () => {
  const [rules, quick] = [rulesOf(file), rulesOf(quickened(file))];

  it('are the same rules, in PromQL, and wait a thirtieth of the time', () => {
    expect(quick.map(({ alert, record }) => [alert, record])).toEqual(
      rules.map(({ alert, record }) => [alert, record]),
    );
    expect(quick.flatMap(({ expr }) => faultsIn(expr))).toEqual([]);
    const waits = (all: readonly Rule[], name: string) => all.find(({ alert }) => alert === name)?.for;

    expect(waits(rules, 'IsolatorWorkerDown')).toBe('5m');
    expect(waits(quick, 'IsolatorWorkerDown')).toBe('10s');
    expect(waits(quick, 'IsolatorParkedNearingRetention')).toBe('28800s');
  });

  it('keep the bucket of the objective, and the age of what is sampled at the same pace in a drill', () => {
    const text = quickened(file);

    expect(text).toContain('le=~"300(\\\\.0)?"');
    expect(text).toMatch(/isolator_queue_sampled_timestamp_seconds\) > 300/);
    expect(text).toMatch(/isolator_last_poll_timestamp_seconds > 0\).*\) > 10 unless/);
  });
});
