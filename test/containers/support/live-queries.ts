import { alertRules, provisionedDashboards, rules } from '../../support/dashboards.ts';
import { fillIn } from '../../support/promql.ts';

export interface LiveQuery {
  /** The panel's title and the query's legend, or the rule's name. */
  readonly name: string;
  readonly expr: string;
}

/** Longer than the run, so that what is counted over them is all that there was. */
const variables = { job: 'macie-isolator', instance: '.+', range: '20m', rateInterval: '20m' };
export const rateSeconds = 20 * 60;

export const panelQueries: readonly LiveQuery[] = provisionedDashboards.flatMap(([, { panels }]) =>
  panels.flatMap(({ title, targets }) =>
    targets.map(({ expr, legendFormat }) => ({
      name: `${title} / ${legendFormat}`,
      expr: fillIn(expr, variables),
    })),
  ),
);

export const recordingQueries: readonly LiveQuery[] = rules
  .filter(({ record }) => record !== undefined)
  .map(({ record = '', expr }) => ({ name: record, expr }));

/** What an alert waits for; several rules may have one name. */
export const alertQueries: readonly LiveQuery[] = alertRules.map(({ alert = '', expr }) => ({
  name: alert,
  expr,
}));

export const deployQueries: readonly LiveQuery[] = provisionedDashboards.flatMap(([file, { annotations }]) =>
  annotations.list
    .filter(({ name }) => name === 'Deploys')
    .map(({ name, expr }) => ({ name: `${file}: ${name}`, expr: fillIn(expr, variables) })),
);
