import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { runbookUrl } from '../../../scripts/runbook.ts';
import { outcomeReasons, outcomes, readableAfter } from '../../../src/core/outcome.ts';
import { createMetrics } from '../../../src/telemetry/metrics.ts';
import { alertRules, rules, runbookAnchors } from '../../support/dashboards.ts';
import { everyOutcome } from '../../support/every-outcome.ts';
import { brittleMatchersIn, faultsIn, metricsIn } from '../../support/promql.ts';

const root = new URL('../../../', import.meta.url).pathname;
const read = (path: string) => readFileSync(`${root}${path}`, 'utf8');

describe('the rules of Prometheus', () => {
  it('are loaded by the configuration that docker-compose.yml mounts', () => {
    const config = parse(read('docker/prometheus/prometheus.yml')) as { rule_files: readonly string[] };

    expect(config.rule_files).toEqual(['isolator.rules.yml']);
  });

  it('are in PromQL, and name no bucket of a histogram in one form only', () => {
    expect(rules.length).toBeGreaterThan(20);
    expect(rules.flatMap(({ expr }) => faultsIn(expr))).toEqual([]);
    expect(rules.flatMap(({ expr }) => brittleMatchersIn(expr))).toEqual([]);
  });

  it('ask for metrics that there are', async () => {
    const { registry } = createMetrics({ version: '1', revision: '1' });
    const own = (await registry.getMetricsAsJSON()).flatMap(({ name, type }) =>
      String(type) === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
    );
    const known = new Set([...own, ...rules.map(({ record = '' }) => record), 'up']);

    expect(rules.flatMap(({ expr }) => metricsIn(expr)).filter((name) => !known.has(name))).toEqual([]);
  });

  it('measure the objective at a bucket that there is', async () => {
    const { registry } = createMetrics({ version: '1', revision: '1' });

    expect(await registry.metrics()).toContain('isolator_finding_to_isolation_seconds_bucket{le="300"');
    expect(rules.filter(({ expr }) => expr.includes('le=~"300(\\\\.0)?"')).length).toBeGreaterThan(0);
  });

  it.each(alertRules.map((rule) => [rule.alert ?? '', rule] as const))(
    '%s says how bad it is, what it is and where to read on, and whose data it is nowhere',
    (name, { labels = {}, annotations = {} }) => {
      expect(labels['severity']).toMatch(/^(critical|warning)$/);
      expect(annotations['summary']).toMatch(/\.$/);
      expect(annotations['description']).toMatch(/\.$/);
      expect(annotations['runbook_url']).toBe(`${runbookUrl}#${name.toLowerCase()}`);
      const inserted = [...JSON.stringify(annotations).matchAll(/\{\{\s*(.*?)\s*\}\}/g)].map(
        ([, text]) => text,
      );
      expect(
        inserted.filter((text) => !/^\$(value|labels\.(outcome|reason|queue|job))$/.test(text ?? '')),
      ).toEqual([]);
    },
  );

  it('wake nobody for data that no one can read, and leave out no other reason', () => {
    const { expr = '' } = alertRules.find(({ alert }) => alert === 'IsolatorNotIsolated') ?? {};
    const unreadable = everyOutcome.flatMap((outcome) =>
      outcomes[outcome.name].objective === 'missed' && readableAfter(outcome) === 'no' && 'reason' in outcome
        ? [outcome.reason]
        : [],
    );

    expect(unreadable.length).toBeGreaterThan(0);
    expect(/reason!~"([^"]*)"/.exec(expr)?.[1]?.split('|')).toEqual(unreadable);
  });

  it.each(alertRules.map(({ alert = '' }) => alert))('%s is tested firing and silent', (name) => {
    const cases = ['rules', 'slow-rules'].flatMap((file) => {
      const { tests } = parse(read(`test/containers/prometheus/${file}.test.yml`)) as {
        tests: readonly {
          alert_rule_test: readonly { alertname: string; exp_alerts: readonly object[] }[];
        }[];
      };
      return tests.flatMap((test) => test.alert_rule_test).filter(({ alertname }) => alertname === name);
    });

    expect(cases.some(({ exp_alerts }) => exp_alerts.length > 0)).toBe(true);
    expect(cases.some(({ exp_alerts }) => exp_alerts.length === 0)).toBe(true);
  });
});

describe('docs/runbook.md', () => {
  const sections = read('docs/runbook.md')
    .split(/^(?=#+ )/m)
    .map((text) => [/^#+ (.+)$/m.exec(text)?.[1] ?? '', text] as const);
  const needed = [
    ...new Set([
      ...alertRules.map(({ alert = '' }) => alert),
      ...outcomeReasons.retained,
      ...outcomeReasons.refused,
      ...outcomeReasons.rejected,
    ]),
  ];

  it.each(needed)(
    'has a section for %s, with what it means, how to look, what to do and when it is over',
    (name) => {
      const [, text = ''] = sections.find(([heading]) => heading === name) ?? [];

      for (const part of ['Means', 'Look', 'Do', 'Over when']) expect(text).toContain(`- **${part}**: `);
    },
  );

  it.each(
    everyOutcome.flatMap((outcome) => (outcomes[outcome.name].objective === 'missed' ? [outcome] : [])),
  )('says of $name $reason whether the data can still be read, as the table of outcomes does', (outcome) => {
    const reason = 'reason' in outcome ? outcome.reason : '';
    const [, text = ''] = sections.find(([heading]) => heading === reason) ?? [];

    expect(/- \*\*Readable\*\*: (\w+)/.exec(text)?.[1]).toBe(readableAfter(outcome));
  });

  it('has no section for what there is not', () => {
    const titles = sections
      .map(([heading]) => heading)
      .filter((heading) => /^Isolator|^[a-z-]+$/.test(heading));

    expect(titles.toSorted()).toEqual(needed.toSorted());
  });

  it('links only to sections that it has', () => {
    const links = [...read('docs/runbook.md').matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor = '']) => anchor);

    expect(links.length).toBeGreaterThan(3);
    expect(links.filter((anchor) => !runbookAnchors.has(anchor))).toEqual([]);
  });
});
