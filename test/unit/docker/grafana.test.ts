import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { dashboards } from '../../../scripts/dashboards/dashboards.ts';
import { logEvents } from '../../../src/telemetry/log-events.ts';
import { createMetrics } from '../../../src/telemetry/metrics.ts';
import { logAnchors, provisionedDashboards, rules, runbookAnchors } from '../../support/dashboards.ts';
import { brittleMatchersIn, faultsIn, fillIn, metricsIn } from '../../support/promql.ts';

const root = new URL('../../../', import.meta.url).pathname;
const read = (path: string) => readFileSync(`${root}${path}`, 'utf8');

/** All that Grafana's documentation knows of the two files, and no key more: it ignores what it does not know. */
const dataSources = z.strictObject({
  apiVersion: z.literal(1),
  prune: z.boolean().optional(),
  deleteDatasources: z.array(z.strictObject({ name: z.string(), orgId: z.int().optional() })).optional(),
  datasources: z.array(
    z.strictObject({
      name: z.string(),
      type: z.enum(['prometheus', 'loki']),
      access: z.enum(['proxy', 'direct']),
      orgId: z.int().optional(),
      uid: z.string().regex(/^[A-Za-z0-9_-]{1,40}$/),
      url: z.url(),
      isDefault: z.boolean().optional(),
      editable: z.boolean().optional(),
      version: z.int().optional(),
      jsonData: z
        .strictObject({
          httpMethod: z.enum(['POST', 'GET']).optional(),
          timeInterval: z
            .string()
            .regex(/^\d+(ms|s|m|h)$/)
            .optional(),
          queryTimeout: z.string().optional(),
        })
        .optional(),
    }),
  ),
});

const providers = z.strictObject({
  apiVersion: z.literal(1),
  providers: z.array(
    z.strictObject({
      name: z.string(),
      orgId: z.int().optional(),
      folder: z.string().optional(),
      folderUid: z.string().optional(),
      type: z.literal('file'),
      disableDeletion: z.boolean().optional(),
      updateIntervalSeconds: z.int().min(1).optional(),
      allowUiUpdates: z.boolean().optional(),
      options: z.strictObject({
        path: z.string().startsWith('/'),
        foldersFromFilesStructure: z.boolean().optional(),
      }),
    }),
  ),
});

describe('the provisioning of Grafana', () => {
  const { services } = parse(read('docker-compose.yml')) as {
    services: Record<'grafana' | 'prometheus', { volumes: string[]; environment: Record<string, string> }>;
  };

  it('finds Prometheus where docker-compose.yml puts it', () => {
    const file = dataSources.parse(parse(read('docker/grafana/provisioning/datasources/prometheus.yaml')));

    expect(services).toHaveProperty('prometheus');
    expect(file.datasources).toMatchObject([
      { name: 'Prometheus', type: 'prometheus', access: 'proxy', url: 'http://prometheus:9090' },
    ]);
  });

  it('finds the dashboards where docker-compose.yml mounts them', () => {
    const file = providers.parse(parse(read('docker/grafana/provisioning/dashboards/macie-isolator.yaml')));
    const path = file.providers[0]?.options.path ?? '';

    expect(services.grafana.volumes).toContain(`./docker/grafana/dashboards:${path}:ro`);
    expect(services.grafana.environment['GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH']).toBe(
      `${path}/isolation.json`,
    );
  });

  it('has the dashboards that npm run dashboards writes, and no other', () => {
    const written = Object.entries(dashboards()).filter(([path]) => path.endsWith('.json'));

    expect(provisionedDashboards.map(([file]) => `docker/grafana/dashboards/${file}`).toSorted()).toEqual(
      written.map(([path]) => path).toSorted(),
    );
    for (const [path, json] of written) expect(read(path)).toBe(json);
  });

  it('loads them into a real Grafana in CI, by the names that they have', () => {
    const workflow = read('.github/workflows/ci.yml');

    for (const [, { uid }] of provisionedDashboards) expect(workflow).toContain(uid);
  });
});

const known = async () => {
  const { registry } = createMetrics({ version: '1', revision: '1' });
  const own = (await registry.getMetricsAsJSON()).flatMap(({ name, type }) =>
    String(type) === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
  );
  return new Set([...own, ...rules.map(({ record = '' }) => record), 'ALERTS']);
};

describe.each(provisionedDashboards)(
  'the dashboard %s',
  (file, { panels, rows, templating, annotations, timezone }) => {
    const expressions = [
      ...panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
      ...annotations.list.map(({ expr }) => expr),
    ].map((expr) => fillIn(expr));

    it('asks the data source that is chosen', () => {
      const uids = panels.flatMap(({ datasource, targets }) => [
        datasource.uid,
        ...targets.map((target) => target.datasource.uid),
      ]);

      expect(new Set(uids)).toEqual(new Set(['${datasource}']));
      expect(templating.list.map(({ name, type }) => [name, type])).toEqual([
        ['datasource', 'datasource'],
        ['job', 'query'],
        ['instance', 'query'],
        ['runbook', 'textbox'],
        ['logs', 'textbox'],
        ...(file === 'isolation.json'
          ? [
              ['lines', 'datasource'],
              ['finding', 'textbox'],
            ]
          : []),
      ]);
    });

    it('asks in PromQL', () => {
      expect(expressions.flatMap((expr) => faultsIn(expr))).toEqual([]);
      // A group of a pattern is no variable of Grafana.
      expect(expressions.filter((expr) => /\$(?!\d)/.test(expr))).toEqual([]);
    });

    it('asks for metrics that there are', async () => {
      const names = await known();
      const asked = expressions.flatMap((expr) => metricsIn(expr));

      expect(asked.filter((name) => !names.has(name))).toEqual([]);
      expect(asked.length).toBeGreaterThanOrEqual(panels.length);
    });

    it('asks for the jobs and instances that are chosen', () => {
      const asked = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));

      expect(asked.filter((expr) => !expr.includes('job=~"$job'))).toEqual([]);
      expect(
        asked.filter((expr) => !expr.includes('instance=~"$instance"') && !/ALERTS|job:isolator_/.test(expr)),
      ).toEqual([]);
    });

    it('names no bucket of a histogram in one form only', () => {
      expect(expressions.flatMap((expr) => brittleMatchersIn(expr))).toEqual([]);
    });

    it.each(panels.map((panel) => [panel.title, panel] as const))(
      '%s has a question, a unit, thresholds, a section of the runbook and a query of the log',
      (_title, { description = '', fieldConfig, links = [], targets }) => {
        const { unit, thresholds } = fieldConfig.defaults;
        const anchor = (title: string, variable: string) =>
          links.find((link) => link.title === title)?.url.replace(`\${${variable}}#`, '') ?? '';

        expect(description.length).toBeGreaterThan(20);
        expect(unit).toMatch(/^\w+$/);
        expect(thresholds?.steps.length).toBeGreaterThan(0);
        expect(runbookAnchors).toContain(anchor('Runbook', 'runbook'));
        expect(logAnchors).toContain(anchor('Log lines', 'logs'));
        expect(targets.every(({ legendFormat }) => legendFormat !== '')).toBe(true);
      },
    );

    it.each(panels.map((panel) => [panel.title, panel] as const))(
      '%s says what it means that there is nothing, and begins at zero where its numbers do',
      (title, { fieldConfig }) => {
        const { noValue = '', min, unit = '' } = fieldConfig.defaults;

        expect(noValue).toMatch(/^[a-z ]+$/);
        // What is left of a budget may be below zero.
        expect(min).toBe(title === 'Error budget left' ? undefined : 0);
        // Counts are shown whole: "2,373", and not "2.37 K".
        expect(unit).not.toMatch(/^(short|none)$/);
      },
    );

    it('shows times in UTC, as records have them', () => {
      expect(timezone).toBe('utc');
    });

    it('folds by rows below the first screen', () => {
      const top = Math.min(...rows.map(({ gridPos }) => gridPos.y));

      expect(rows.length).toBeGreaterThanOrEqual(3);
      expect(panels.filter(({ gridPos }) => gridPos.y < top).every(({ type }) => type === 'stat')).toBe(true);
      expect(top).toBeLessThanOrEqual(8);
    });

    it('cuts no title at 1366 pixels', () => {
      // 1366 pixels are 24 columns; a letter of a title takes about eight pixels, its frame 40.
      const cut = panels.filter(({ title, gridPos }) => title.length * 8 + 40 > (gridPos.w * 1366) / 24);

      expect(cut.map(({ title }) => title)).toEqual([]);
    });

    it('has each panel explained in docs/dashboards.md', () => {
      const explained = new Set(
        [...read('docs/dashboards.md').matchAll(/^\| ([^|]+) \|/gm)].map(([, title]) => title),
      );

      expect(panels.map(({ title }) => title).filter((title) => !explained.has(title))).toEqual([]);
    });

    it('marks firing alerts and deploys', () => {
      expect(annotations.list).toMatchObject([
        { name: 'Alerts', expr: expect.stringContaining('alertstate="firing"') },
        { name: 'Deploys', expr: expect.stringContaining('isolator_build_info') },
      ]);
    });

    it('lays its panels out side by side', () => {
      const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
        Array.from({ length: w * h }, (_unused, index) => `${x + (index % w)},${y + Math.floor(index / w)}`),
      );

      expect(new Set(cells).size).toBe(cells.length);
      expect(panels.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true);
      expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    });
  },
);

describe('the log lines in Grafana, with the profile logs', () => {
  const rows = provisionedDashboards.find(([file]) => file === 'isolation.json')?.[1].rows ?? [];
  const row = rows.find(({ collapsed }) => collapsed === true);
  const queries = row?.panels?.flatMap(({ targets }) => targets.map(({ expr }) => expr)) ?? [];
  const alloy = read('docker/alloy/config.alloy');
  const compose = parse(read('docker-compose.yml')) as {
    services: Record<string, { profiles?: string[]; volumes: string[]; command: string[] }>;
  };

  it('come from Loki where docker-compose.yml puts it, and only where somebody asks for it', () => {
    const file = dataSources.parse(parse(read('docker/grafana/provisioning/datasources/loki.yaml')));
    const { loki, alloy: agent } = compose.services;

    expect(file.datasources).toMatchObject([{ type: 'loki', uid: 'loki', url: 'http://loki:3100' }]);
    expect(alloy).toContain('url = "http://loki:3100/loki/api/v1/push"');
    expect(loki?.profiles).toEqual(['logs']);
    expect(agent?.profiles).toEqual(['logs']);
    expect(loki?.command).toEqual(['-config.file=/etc/loki/loki.yml']);
    expect(agent?.command.at(-1)).toBe('/etc/alloy/config.alloy');
    // Who may write to this socket may do everything on the machine.
    expect(agent?.volumes.filter((volume) => volume.includes('docker.sock'))).toEqual([
      expect.stringMatching(/:ro$/),
    ]);
  });

  it('are asked for by the labels that Alloy gives them, and no other', () => {
    const labels = queries.flatMap((query) => [
      ...(/^\{([^}]*)\}/.exec(query)?.[1] ?? '').matchAll(/(\w+)=/g),
    ]);

    expect(queries).toHaveLength(2);
    expect(new Set(labels.map(([, label]) => label))).toEqual(new Set(['job', 'level']));
    expect(alloy).toContain('labels     = { job = "macie-isolator" }');
    expect(alloy).toContain('values = { level = "" }');
  });

  it('show fields that lines have', () => {
    const known = new Set([
      'level',
      'event',
      'msg',
      ...Object.values(logEvents).flatMap(({ fields }) => Object.keys(fields)),
    ]);
    const shown = queries.flatMap((query) =>
      [...query.matchAll(/\{\{\.(\w+)\}\}/g)].map(([, field = '']) => field),
    );

    expect(shown.length).toBeGreaterThan(10);
    expect(shown.filter((field) => !known.has(field))).toEqual([]);
  });

  it('are folded, below everything else, and lead to their queries', () => {
    const panels = row?.panels ?? [];

    expect(rows.at(-1)).toBe(row);
    expect(
      panels.every(({ links = [] }) => links.some(({ url }) => logAnchors.has(url.split('#')[1] ?? ''))),
    ).toBe(true);
    expect(panels.every(({ gridPos }) => gridPos.y > (row?.gridPos.y ?? 0))).toBe(true);
  });

  it('are exercised in ci.yml, since neither image can be had everywhere', () => {
    expect(read('.github/workflows/ci.yml')).toContain('docker compose --profile logs up --wait');
  });
});

describe('the check of matchers of le', () => {
  it.each([
    ['x{le="300"}', ['le="300"']],
    ['x{le="300.0"}', ['le="300.0"']],
    ['x{le!="5"}', ['le!="5"']],
    ['x{severity="High",le=~"300"}', ['le=~"300"']],
    ['sum(x{le=~"300(\\\\.0)?"}) / sum(x)', []],
    ['x{le="+Inf"}', []],
    ['x{role="300"}', []],
  ])('finds in the expression %s the matchers %j', (expr, found) => {
    expect(brittleMatchersIn(expr)).toEqual(found);
  });
});
