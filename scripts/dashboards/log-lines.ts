import { LogsDedupStrategy, LogsSortOrder } from '@grafana/grafana-foundation-sdk/common';
import { PanelBuilder as Logs } from '@grafana/grafana-foundation-sdk/logs';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/loki';
import type { LogQuery } from '../log-queries.ts';
import { link } from './panel.ts';

export const loki = { type: 'loki', uid: '${lines}' };

interface LinesSpec {
  readonly title: string;
  readonly description: string;
  readonly logs: LogQuery;
  readonly expr: string;
}

/** Lines of the log as Loki has them, the newest first, with the fields that tell a finding's story. */
function lines({ title, description, logs, expr }: LinesSpec): Logs {
  return new Logs()
    .title(title)
    .description(description)
    .datasource(loki)
    .span(24)
    .height(10)
    .showTime(true)
    .wrapLogMessage(true)
    .enableLogDetails(true)
    .dedupStrategy(LogsDedupStrategy.None)
    .sortOrder(LogsSortOrder.Descending)
    .links([link('Log lines', `\${logs}#${logs}`)])
    .withTarget(
      new DataqueryBuilder().refId('A').datasource(loki).expr(expr).queryType('range').maxLines(500),
    );
}

const job = 'job="macie-isolator"';
const told =
  '| json | line_format "{{.level}} {{.event}} {{.severity}} {{.findingId}} {{.outcome}} {{.reason}} {{.code}} {{.bucket}} {{.key}} {{.msg}}"';

/** Folded, and asked for only where somebody opens the row: Loki is a choice. */
export const logLines = [
  lines({
    title: 'Lines that need somebody',
    description: 'What failed, was kept exposed, or was told to nobody?',
    logs: 'failures',
    expr: `{${job}, level=~"warn|error"} ${told}`,
  }),
  lines({
    title: 'Lines of a finding',
    description:
      'What happened to one finding? Its id goes into the field Finding above; without one all lines are shown.',
    logs: 'isolations',
    expr: `{${job}} |= \`$finding\` ${told}`,
  }),
];
