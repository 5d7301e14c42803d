import {
  AnnotationQueryBuilder,
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  type Panel,
  QueryVariableBuilder,
  RowBuilder,
  TextBoxVariableBuilder,
  VariableHide,
  VariableRefresh,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { logsUrl, runbookUrl } from '../runbook.ts';
import { type PanelOf, prometheus, seriesOf } from './panel.ts';
import { gridColumns, place } from './place.ts';
import { firing } from './queries.ts';

interface Layout {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly rows: readonly Row[];
  /** Panels of log lines, in a row that is folded until somebody opens it. */
  readonly logLines?: readonly PanelOf<Panel>[];
}

/** A row that folds, but for one without a title. */
export interface Row {
  readonly title?: string;
  /** From left to right and from top to bottom. */
  readonly panels: readonly PanelOf<Panel>[];
}

/** A dashboard with what both have: variables, deploys as annotations, links to each other. */
export function dashboard({ uid, title, description, rows, logLines = [] }: Layout): Dashboard {
  const builder = new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags(['macie-isolator'])
    .readonly()
    .timezone('utc')
    .tooltip(DashboardCursorSync.Crosshair)
    .refresh('30s')
    .time({ from: 'now-1h', to: 'now' })
    .withVariable(new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus'))
    .withVariable(labelVariable('job', 'Job', 'isolator_build_info'))
    .withVariable(labelVariable('instance', 'Instance', 'isolator_build_info{job=~"$job"}'))
    .withVariable(
      new TextBoxVariableBuilder('runbook')
        .label('Runbook')
        .description('Where docs/runbook.md is kept')
        .defaultValue(runbookUrl)
        .current({ text: runbookUrl, value: runbookUrl }),
    )
    .withVariable(
      new TextBoxVariableBuilder('logs')
        .label('Log queries')
        .description('Where docs/logs.md is kept')
        .defaultValue(logsUrl)
        .current({ text: logsUrl, value: logsUrl }),
    )
    .annotation(
      new AnnotationQueryBuilder()
        .name('Alerts')
        .datasource(prometheus)
        .enable(true)
        .iconColor('red')
        .expr(firing)
        .step('1m')
        .titleFormat('{{alertname}}')
        .textFormat('{{severity}}')
        .tagKeys('severity'),
    )
    .annotation(
      new AnnotationQueryBuilder()
        .name('Deploys')
        .datasource(prometheus)
        .enable(true)
        .iconColor('blue')
        .expr(deploys)
        .step('1m')
        .titleFormat('Version {{version}}')
        .textFormat('Revision {{revision}}')
        .tagKeys('version,revision'),
    )
    .link(
      new DashboardLinkBuilder('macie-isolator')
        .type(DashboardLinkType.Dashboards)
        .tags(['macie-isolator'])
        .keepTime(true)
        .includeVars(true),
    );
  let id = 0;
  let top = 0;
  for (const row of rows) {
    if (row.title !== undefined) {
      id += 1;
      builder.withRow(new RowBuilder(row.title).id(id).gridPos({ x: 0, y: top, w: gridColumns, h: 1 }));
      top += 1;
    }
    const sizes = row.panels.map((panel) => panel.build().gridPos ?? { w: gridColumns, h: 8 });
    const places = place(sizes, top);
    for (const [index, panel] of row.panels.entries()) {
      id += 1;
      builder.withPanel(panel.id(id).gridPos(places[index] ?? { x: 0, y: top, w: gridColumns, h: 8 }));
    }
    top = Math.max(top, ...places.map(({ y, h }) => y + h));
  }
  if (logLines.length > 0) {
    const row = new RowBuilder('Log lines, with the profile logs').collapsed(true);
    for (const [index, panel] of logLines.entries()) {
      const { h = 10 } = panel.build().gridPos ?? {};
      row.withPanel(panel.id(id + 2 + index).gridPos({ x: 0, y: top + 1 + index * h, w: gridColumns, h }));
    }
    builder
      // Not in the bar: `var-lines=...` in the address chooses another Loki.
      .withVariable(
        new DatasourceVariableBuilder('lines')
          .label('Log source')
          .type('loki')
          .hide(VariableHide.HideVariable),
      )
      .withVariable(
        new TextBoxVariableBuilder('finding')
          .label('Finding')
          .description('The id of a finding, for its log lines')
          .defaultValue('')
          .current({ text: '', value: '' }),
      )
      .withRow(row.id(id + 1).gridPos({ x: 0, y: top, w: gridColumns, h: 1 }));
  }
  return builder.build();
}

/** What runs now and did not run a minute ago. */
const build = `group by (version, revision) (${seriesOf('isolator_build_info')}`;
const deploys = `${build}) unless ${build} offset 1m)`;

function labelVariable(label: string, title: string, selector: string): QueryVariableBuilder {
  return new QueryVariableBuilder(label)
    .label(title)
    .datasource(prometheus)
    .query(`label_values(${selector}, ${label})`)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .multi(true)
    .includeAll(true)
    .allValue('.+')
    .current({ text: ['All'], value: ['$__all'] });
}
