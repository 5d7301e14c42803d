import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createMetrics } from '../../../src/telemetry/metrics.ts';

const root = new URL('../../../', import.meta.url).pathname;
const read = (path: string) => readFileSync(`${root}docker/grafana/${path}`, 'utf8');

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly datasource: { readonly uid: string };
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets: readonly { readonly expr: string; readonly datasource: { readonly uid: string } }[];
}

interface Dashboard {
  readonly uid: string;
  readonly panels: readonly Panel[];
}

const dashboards = readdirSync(`${root}docker/grafana/dashboards`).map(
  (file) => [file, JSON.parse(read(`dashboards/${file}`)) as Dashboard] as const,
);

describe('the provisioning of Grafana', () => {
  it('finds Prometheus where docker-compose.yml puts it', () => {
    const compose = parse(readFileSync(`${root}docker-compose.yml`, 'utf8')) as { services: object };
    const { datasources } = parse(read('provisioning/datasources/prometheus.yaml')) as {
      datasources: readonly { url: string; uid: string }[];
    };

    expect(compose.services).toHaveProperty('prometheus');
    expect(datasources).toMatchObject([{ url: 'http://prometheus:9090', uid: 'prometheus' }]);
  });

  it('finds the dashboards where docker-compose.yml mounts them', () => {
    const { services } = parse(readFileSync(`${root}docker-compose.yml`, 'utf8')) as {
      services: { grafana: { volumes: readonly string[]; environment: Record<string, string> } };
    };
    const { providers } = parse(read('provisioning/dashboards/macie-isolator.yaml')) as {
      providers: readonly { options: { path: string } }[];
    };
    const path = providers[0]?.options.path ?? '';

    expect(services.grafana.volumes).toContain(`./docker/grafana/dashboards:${path}:ro`);
    expect(services.grafana.environment['GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH']).toBe(
      `${path}/macie-isolator.json`,
    );
  });
});

describe.each(dashboards)('the dashboard %s', (_, { panels }) => {
  it('asks the data source that is provisioned', () => {
    const uids = panels.flatMap(({ datasource, targets }) => [
      datasource.uid,
      ...targets.map((target) => target.datasource.uid),
    ]);

    expect(new Set(uids)).toEqual(new Set(['prometheus']));
  });

  it('asks for metrics that the worker has', async () => {
    const { registry } = createMetrics({ version: '1', revision: '1' });
    const known = new Set(
      (await registry.getMetricsAsJSON()).flatMap(({ name, type }) =>
        String(type) === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
      ),
    );
    const asked = panels.flatMap(({ targets }) =>
      targets.flatMap(({ expr }) => expr.match(/isolator_\w+/g) ?? []),
    );

    expect(asked.filter((name) => !known.has(name))).toEqual([]);
    expect(asked.length).toBeGreaterThanOrEqual(panels.length);
  });

  it('lays its panels out side by side', () => {
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_unused, index) => `${x + (index % w)},${y + Math.floor(index / w)}`),
    );

    expect(new Set(cells).size).toBe(cells.length);
    expect(panels.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  });
});
