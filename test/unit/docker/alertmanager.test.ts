import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { alertRules } from '../../support/dashboards.ts';

interface Inhibition {
  readonly source_matchers: readonly string[];
  readonly target_matchers: readonly string[];
  readonly equal: readonly string[];
}
const file = new URL('../../../docker/alertmanager/alertmanager.yml', import.meta.url);
const { inhibit_rules: inhibitions } = parse(readFileSync(file, 'utf8')) as {
  inhibit_rules: readonly Inhibition[];
};
const namesIn = (matchers: readonly string[]) =>
  matchers.flatMap((matcher) => [...matcher.matchAll(/Isolator\w+/g)].map(([name]) => name));
const severityOf = (name: string) => alertRules.find(({ alert }) => alert === name)?.labels?.['severity'];

describe('the alerts that Alertmanager holds back', () => {
  it.each(inhibitions)('because of $source_matchers are alerts that there are, of the same job', (rule) => {
    const [sources, targets] = [namesIn(rule.source_matchers), namesIn(rule.target_matchers)];

    expect(sources.length).toBeGreaterThan(0);
    expect(targets.length).toBeGreaterThan(0);
    expect([...sources, ...targets].filter((name) => severityOf(name) === undefined)).toEqual([]);
    expect(rule.equal).toEqual(['job']);
  });

  it.each(inhibitions)('because of $source_matchers is nothing worse', (rule) => {
    const isCritical = (name: string) => severityOf(name) === 'critical';
    const worse = namesIn(rule.target_matchers).filter(isCritical);

    if (!namesIn(rule.source_matchers).every(isCritical)) expect(worse).toEqual([]);
  });

  it('leaves alone what says that data is exposed, that people are not told, or that work is parked', () => {
    const held = new Set(inhibitions.flatMap((rule) => namesIn(rule.target_matchers)));
    const never = alertRules
      .map(({ alert = '' }) => alert)
      .filter((alert) =>
        /Exposed|NotIsolated|NotTold|NotSent|Parked|Unfinished|Retried|Verification/.test(alert),
      );

    expect(never.length).toBeGreaterThan(7);
    expect(never.filter((alert) => held.has(alert))).toEqual([]);
  });
});
