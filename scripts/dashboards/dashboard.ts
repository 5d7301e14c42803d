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
  TextBoxVariableBuilder,
  VariableRefresh,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { runbookUrl } from '../runbook.ts';
import { type PanelOf, prometheus, seriesOf } from './panel.ts';

interface Layout {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  /** From left to right and from top to bottom. */
  readonly panels: readonly PanelOf<Panel>[];
}

/** A dashboard with what both have: variables, deploys as annotations, links to each other. */
export function dashboard({ uid, title, description, panels }: Layout): Dashboard {
  const builder = new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags(['macie-isolator'])
    .readonly()
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
  for (const [index, panel] of panels.entries()) builder.withPanel(panel.id(index + 1));
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
