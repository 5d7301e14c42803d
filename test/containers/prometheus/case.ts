import { alertRules } from '../../support/dashboards.ts';

/** A test group of `promtool test rules`, as it reads it. */
export interface Case {
  readonly name: string;
  readonly interval: string;
  readonly external_labels?: Readonly<Record<string, string>>;
  readonly input_series: readonly { readonly series: string; readonly values: string }[];
  readonly alert_rule_test: readonly AlertTest[];
}

interface AlertTest {
  readonly eval_time: string;
  readonly alertname: string;
  readonly exp_alerts: readonly {
    readonly exp_labels: Labels;
    readonly exp_annotations: Readonly<Record<string, string>>;
  }[];
}

type Labels = Readonly<Record<string, string>>;
type Series = readonly [metric: string, labels: Labels, values: string];

interface Expected {
  readonly summary: string;
  readonly labels?: Labels;
  /** Where the rule's own is a template. */
  readonly description?: string;
}

/** Series are of the worker `a` of the job, unless their labels say otherwise. */
export function series(metric: string, values: string, labels: Labels = {}): Series {
  return [metric, labels, values];
}

/** At this time the alert fires, once for each text. */
export function fires(time: string, alert: string, ...texts: readonly (string | Expected)[]): AlertTest {
  const { labels, annotations = {} } = ruleOf(alert);
  const expected = texts.map((text) => (typeof text === 'string' ? { summary: text } : text));
  return {
    eval_time: time,
    alertname: alert,
    exp_alerts: expected.map(({ summary, description, labels: more }) => ({
      exp_labels: { job: 'macie-isolator', ...labels, ...more },
      exp_annotations: {
        summary,
        description: description ?? annotations['description'] ?? '',
        dashboard_url: (annotations['dashboard_url'] ?? '').replace(/^\{\{.*\}\}/, ''),
        runbook_url: `docs/runbook.md#${alert.toLowerCase()}`,
      },
    })),
  };
}

export function silent(time: string, ...alerts: readonly string[]): readonly AlertTest[] {
  return alerts.map((alert) => {
    ruleOf(alert);
    return { eval_time: time, alertname: alert, exp_alerts: [] };
  });
}

export function testCase(
  name: string,
  interval: string,
  input: readonly Series[],
  ...tests: readonly (AlertTest | readonly AlertTest[])[]
): Case {
  return {
    name,
    interval,
    input_series: input.map(([metric, labels, values]) => {
      const all = { job: 'macie-isolator', instance: 'a:8080', ...labels };
      const matchers = Object.entries(all).map(([label, value]) => `${label}="${value}"`);
      return { series: `${metric}{${matchers.join(',')}}`, values };
    }),
    alert_rule_test: tests.flat(),
  };
}

function ruleOf(alert: string) {
  const rule = alertRules.find((each) => each.alert === alert);
  if (!rule) throw new Error(`there is no alert ${alert}`);
  return rule;
}
