import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';

const root = new URL('../../', import.meta.url).pathname;

export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly datasource: { readonly uid: string };
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  /** Of a row: whether it is folded, and what is in it then. */
  readonly collapsed?: boolean;
  readonly panels?: readonly Panel[];
  readonly links?: readonly { readonly title: string; readonly url: string }[];
  readonly fieldConfig: {
    readonly defaults: {
      readonly unit?: string;
      readonly min?: number;
      readonly noValue?: string;
      readonly thresholds?: { readonly steps: readonly { readonly value: number | null }[] };
    };
  };
  readonly targets: readonly {
    readonly refId: string;
    readonly expr: string;
    readonly legendFormat: string;
    readonly datasource: { readonly uid: string };
  }[];
}

export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly schemaVersion: number;
  readonly timezone: string;
  readonly panels: readonly Panel[];
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly type: string; readonly query: string }[];
  };
  readonly annotations: { readonly list: readonly { readonly name: string; readonly expr: string }[] };
}

const folder = `${root}docker/grafana/dashboards`;

/** The dashboards as Grafana gets them, by their files. */
export const provisionedDashboards = readdirSync(folder).map((file) => {
  const dashboard = JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')) as Dashboard;
  const rows = dashboard.panels.filter(({ type }) => type === 'row');
  return [
    file,
    { ...dashboard, rows, panels: dashboard.panels.filter(({ type }) => type !== 'row') },
  ] as const;
});

export interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

const rulesFile = parse(readFileSync(`${root}docker/prometheus/isolator.rules.yml`, 'utf8')) as {
  readonly groups: readonly { readonly rules: readonly Rule[] }[];
};

export const rules = rulesFile.groups.flatMap((group) => group.rules);
export const alertRules = rules.filter((rule) => rule.alert !== undefined);

/** The headings of a page as they are linked to. */
function anchorsOf(page: string): ReadonlySet<string> {
  const headings = [...readFileSync(`${root}docs/${page}`, 'utf8').matchAll(/^#+ (.+)$/gm)];
  return new Set(
    headings.map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\w\- ]/g, '')
        .replaceAll(' ', '-'),
    ),
  );
}

export const runbookAnchors = anchorsOf('runbook.md');
export const logAnchors = anchorsOf('logs.md');
