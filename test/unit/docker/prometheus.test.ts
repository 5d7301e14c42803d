import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { dashboards } from '../../../scripts/dashboards/dashboards.ts';
import { outcomeReasons, outcomes, readableAfter, settledBy } from '../../../src/core/outcome.ts';
import { createMetrics } from '../../../src/telemetry/metrics.ts';
import { cases } from '../../containers/prometheus/cases.ts';
import { alertRules, provisionedDashboards, rules, runbookAnchors } from '../../support/dashboards.ts';
import { everyOutcome } from '../../support/every-outcome.ts';
import { agesSince1970In, brittleMatchersIn, faultsIn, metricsIn } from '../../support/promql.ts';

const root = new URL('../../../', import.meta.url).pathname;
const read = (path: string) => readFileSync(`${root}${path}`, 'utf8');

describe('the rules of Prometheus', () => {
  it('are loaded by the configuration that docker-compose.yml mounts', () => {
    const config = parse(read('docker/prometheus/prometheus.yml')) as { rule_files: readonly string[] };

    expect(config.rule_files).toEqual(['isolator.rules.yml']);
  });

  it('are those that npm run dashboards writes', () => {
    const path = 'docker/prometheus/isolator.rules.yml';

    expect(read(path)).toBe(dashboards()[path]);
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

  it('and the dashboards count no age from 1970', async () => {
    const { registry } = createMetrics({ version: '1', revision: '1' });
    const zero = (await registry.getMetricsAsJSON()).flatMap(({ name, values }) =>
      name.endsWith('_timestamp_seconds') && values.some(({ value }) => value === 0) ? [name] : [],
    );
    const shown = provisionedDashboards.flatMap(([, { panels }]) => panels.flatMap(({ targets }) => targets));

    expect(zero).toContain('isolator_last_poll_timestamp_seconds');
    // A comparison with a worker that works is no text: 0 is too old for it.
    const texts = [...alertRules, ...shown].map(({ expr }) => expr);
    expect(texts.flatMap((expr) => agesSince1970In(expr, zero))).toEqual([]);
  });

  it('measure the objective at a bucket that there is', async () => {
    const { registry } = createMetrics({ version: '1', revision: '1' });

    expect(await registry.metrics()).toContain('isolator_finding_to_isolation_seconds_bucket{le="300"');
    expect(rules.filter(({ expr }) => expr.includes('le=~"300(\\\\.0)?"')).length).toBeGreaterThan(0);
  });

  it.each(alertRules.map((rule) => [rule.alert ?? '', rule] as const))(
    '%s says how bad it is, what it is and where to read on, and whose data it is nowhere',
    (name, { labels = {}, annotations = {} }) => {
      const {
        summary = '',
        description = '',
        dashboard_url: dashboard = '',
        runbook_url: runbook = '',
      } = annotations;
      expect(labels['severity']).toMatch(name === 'IsolatorWatchdog' ? /^none$/ : /^(critical|warning)$/);
      expect(summary).toMatch(/\.$/);
      expect(description).toMatch(/\.$/);
      expect(runbook.endsWith(`#${name.toLowerCase()}`)).toBe(true);
      expect(dashboard).toMatch(/\/d\/macie-isolator-(isolation|worker)$/);
      const labelsShown = [...`${summary} ${description}`.matchAll(/\$labels\.(\w+)/g)].map(
        ([, label]) => label,
      );
      expect(
        labelsShown.filter((label) => !/^(outcome|reason|result|why|queue|job|exception)$/.test(label ?? '')),
      ).toEqual([]);
      // There is no number in what is absent, nor in what always fires.
      const hasNumber = !['IsolatorWatchdog', 'IsolatorWorkerDown'].includes(name);
      expect(summary.includes('$value')).toBe(hasNumber);
    },
  );

  it('name both who can halt a worker, where they are about a halt', () => {
    const halts = alertRules.filter(({ alert = '' }) =>
      /^Isolator(WorkerHalted|IsolationRefused)$/.test(alert),
    );

    for (const { annotations = {} } of halts) {
      const text = `${annotations['summary']} ${annotations['description']}`;
      expect(text).toMatch(/isolation (side|bucket)/);
      expect(text).toContain('Macie');
    }
    expect(halts).toHaveLength(2);
  });

  it('link by one external label to the runbook, and by one to Grafana, and without them to what there is here', () => {
    for (const { annotations = {} } of alertRules) {
      expect(annotations['runbook_url']).toMatch(
        /^\{\{ with \$externalLabels\.runbook \}\}\{\{ \. \}\}\{\{ else \}\}docs\/runbook\.md\{\{ end \}\}#/,
      );
      expect(annotations['dashboard_url']).toMatch(/^\{\{ with \$externalLabels\.grafana \}\}/);
    }
  });

  it.each(['yes', 'unknown', 'no'] as const)(
    'say of a missed finding whether it can be read as the table of outcomes says: %s',
    (readable) => {
      const reasons = new Set<string>(
        everyOutcome.flatMap((outcome) =>
          outcomes[outcome.name].objective === 'missed' &&
          settledBy(outcome) === 'park' &&
          readableAfter(outcome) === readable &&
          'reason' in outcome
            ? [outcome.reason]
            : [],
        ),
      );
      const name = { yes: 'IsolatorStillExposed', unknown: 'IsolatorNotIsolated', no: '' }[readable];
      const asked = (rule: string) => {
        const { expr = '' } = alertRules.find(({ alert }) => alert === rule) ?? {};
        return /reason=~"([^"]*)"/.exec(expr)?.[1]?.split('|') ?? [];
      };

      expect(reasons.size).toBeGreaterThan(0);
      if (readable !== 'no') expect(new Set(asked(name))).toEqual(reasons);
      else {
        const all = [...asked('IsolatorStillExposed'), ...asked('IsolatorNotIsolated')];
        expect(all.filter((reason) => reasons.has(reason))).toEqual([]);
      }
    },
  );

  it.each(alertRules.map(({ alert = '' }) => alert))('%s is tested firing and silent', (name) => {
    const tests = cases
      .flatMap(({ alert_rule_test }) => alert_rule_test)
      .filter(({ alertname }) => alertname === name);

    expect(tests.some(({ exp_alerts }) => exp_alerts.length > 0)).toBe(true);
    // Only the watchdog is never silent.
    expect(tests.some(({ exp_alerts }) => exp_alerts.length === 0)).toBe(name !== 'IsolatorWatchdog');
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
      ...outcomeReasons.held,
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

  it('names panels by their titles', () => {
    const titles = new Set(
      provisionedDashboards.flatMap(([, { panels }]) => panels.map(({ title }) => title)),
    );
    const named = [...read('docs/runbook.md').matchAll(/(?<!\*)\*([A-Z][^*]+)\*(?!\*)/g)].map(
      ([, name = '']) => name,
    );
    // What a console of AWS calls its buttons, and a member of each section.
    const others = /^(Start DLQ redrive|Redrive to .*|Readable)$/;

    expect(named.length).toBeGreaterThan(30);
    expect(
      named
        .map((name) => name.replace(/\s+/g, ' '))
        .filter((name) => !titles.has(name) && !others.test(name)),
    ).toEqual([]);
  });

  it('links only to sections that it has', () => {
    const links = [...read('docs/runbook.md').matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor = '']) => anchor);

    expect(links.length).toBeGreaterThan(3);
    expect(links.filter((anchor) => !runbookAnchors.has(anchor))).toEqual([]);
  });
});
