import { queueOnce, type State } from '../rules/counted-once.ts';
import { seriesOf } from './panel.ts';

/** Alerts that need somebody: the watchdog always fires. */
export const firing =
  'max by (alertname, severity) (ALERTS{alertname=~"Isolator.+",alertname!="IsolatorWatchdog",alertstate="firing",job=~"$job|"})';

/** The number of a queue, absent while no worker can ask it. */
export const queued = (queue: 'findings' | 'dead-letter', ...states: readonly State[]) =>
  `sum(${queueOnce(queue, states, 'job=~"$job",instance=~"$instance",')})`;

/** Recorded by docker/prometheus/isolator.rules.yml; over all instances. */
export const recorded = (name: string) => `sum(${name}{job=~"$job"})`;

/** How often in the time shown. */
export const counted = (metric: string, matchers = '') =>
  `sum(increase(${seriesOf(metric, matchers)}[$__range]))`;

export const rate = (metric: string, matchers = '') =>
  `rate(${seriesOf(metric, matchers)}[$__rate_interval])`;

/** Per minute, by labels, of the series in which something happened in the time shown. */
export const perMinute = (metric: string, by: string, matchers = '') => {
  const happened = `sum by (${by}) (increase(${seriesOf(metric, matchers)}[$__range] @ end())) > 0`;
  return `60 * sum by (${by}) (${rate(metric, matchers)}) and on (${by}) ${happened}`;
};

/** Of the series in which something happened: the others are no number. */
export const quantile = (q: number, metric: string, by = '', matchers = '') =>
  `histogram_quantile(${q}, sum by (le${by && `, ${by}`}) (${rate(`${metric}_bucket`, matchers)})) >= 0`;
