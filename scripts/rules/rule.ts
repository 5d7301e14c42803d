/** Seconds, minutes, hours or days, as Prometheus writes them. */
export type Duration = `${number}${'s' | 'm' | 'h' | 'd'}`;

export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
}

/** An alert as its author writes it; `alertRule` adds the links. */
export interface AlertSpec {
  readonly alert: string;
  readonly expr: string;
  readonly for?: Duration;
  readonly severity: 'critical' | 'warning' | 'none';
  /** Only where the expression leaves no label `job`. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly description: string;
  /** The dashboard that shows it. */
  readonly dashboard?: 'isolation' | 'worker';
}

export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: Duration;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface Group {
  readonly name: string;
  readonly comment: string;
  readonly interval?: Duration;
  readonly rules: readonly (RecordingRule | AlertRule)[];
}

/**
 * The addresses are external labels of Prometheus, so that one line of its configuration changes all links. Without
 * them the links are paths: of this repository, and of Grafana.
 */
const runbook = `{{ with $externalLabels.runbook }}{{ . }}{{ else }}docs/runbook.md{{ end }}`;
const grafana = `{{ with $externalLabels.grafana }}{{ . }}{{ end }}`;

export function alertRule(spec: AlertSpec): AlertRule {
  const { alert, expr, severity, labels, summary, description, dashboard = 'isolation' } = spec;
  return {
    alert,
    expr,
    ...(spec.for !== undefined && { for: spec.for }),
    labels: { severity, ...labels },
    annotations: {
      summary,
      description,
      dashboard_url: `${grafana}/d/macie-isolator-${dashboard}`,
      runbook_url: `${runbook}#${alert.toLowerCase()}`,
    },
  };
}

/** What a query says of the alert's job, in a text: a number, or `unknown`. */
export function asked(expr: string, job = '$labels.job'): string {
  return `{{ with printf ${JSON.stringify(expr.replaceAll('$job', '%s'))} ${job} | query }}{{ . | first | value }}{{ else }}an unknown number{{ end }}`;
}
