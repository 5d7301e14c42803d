import { dashboard } from './dashboard.ts';
import { bars, graph, heatmap, seriesOf, stat } from './panel.ts';

const queue = (name: string) =>
  `max by (job, state) (${seriesOf('isolator_queue_messages', `queue="${name}"`)})`;
/** Recorded by docker/prometheus/isolator.rules.yml; over all instances. */
const recorded = (name: string, window: string) =>
  `sum(job:isolator_objective_${name}:increase${window}{job=~"$job"})`;
const missed = (window: string) => `${recorded('misses', window)} / ${recorded('findings', window)}`;
const quantile = (q: number, metric: string, by = 'le, severity') =>
  `histogram_quantile(${q}, sum by (${by}) (rate(${seriesOf(`${metric}_bucket`)}[$__rate_interval])))`;

/** Is sensitive data exposed now, how fast is it isolated, what needs a person. */
export function isolationDashboard() {
  return dashboard({
    uid: 'macie-isolator-isolation',
    title: 'macie-isolator: isolation',
    description: 'Whether sensitive data lies exposed now, how fast it is isolated, and what needs a person.',
    panels: [
      stat({
        title: 'Waiting',
        description:
          'How many findings wait for the worker, or are in work? Their objects are exposed until then. Of the queue, sampled once a minute.',
        runbook: 'isolatorqueuenearingretention',
        unit: 'short',
        thresholds: { warn: 100 },
        columns: 4,
        queries: [['waiting', `sum(${queue('findings')})`]],
      }),
      stat({
        title: 'Parked',
        description:
          'How many messages wait for a person in the dead-letter queue, each with its reason? What they name may still be exposed.',
        runbook: 'isolatorfindingsparked',
        unit: 'short',
        thresholds: { bad: 1 },
        columns: 4,
        queries: [['parked', `sum(${queue('dead-letter')})`]],
      }),
      stat({
        title: 'Not isolated',
        description:
          'How many findings ended with their object still in place (retained or refused), in the time shown?',
        runbook: 'isolatornotisolated',
        unit: 'short',
        decimals: 0,
        thresholds: { bad: 1 },
        columns: 4,
        queries: [
          ['not isolated', `sum(increase(${seriesOf('isolator_findings_not_isolated_total')}[$__range]))`],
        ],
      }),
      stat({
        title: 'Isolated',
        description: 'How many objects were isolated in the time shown?',
        runbook: 'isolatornothingpolled',
        unit: 'short',
        decimals: 0,
        columns: 4,
        queries: [
          [
            'isolated',
            `sum(increase(${seriesOf('isolator_isolations_total', 'outcome="isolated"')}[$__range]))`,
          ],
        ],
      }),
      stat({
        title: 'Objective, 30 days',
        description:
          'Which share of the High findings was isolated within five minutes of its creation? 99 % is the objective. Backfills and replays are left out.',
        runbook: 'isolatorobjectiveburnsslowly',
        unit: 'percentunit',
        decimals: 2,
        thresholds: { goodFrom: 0.99 },
        columns: 4,
        queries: [['in time', `1 - ${missed('30d')}`]],
      }),
      stat({
        title: 'Error budget left, 30 days',
        description:
          'How much of the one finding in a hundred that may be late is left? At 0 the objective is missed.',
        runbook: 'isolatorobjectiveburnsslowly',
        unit: 'percentunit',
        decimals: 0,
        thresholds: { goodFrom: 0.25 },
        columns: 4,
        queries: [['left', `1 - (${missed('30d')}) / 0.01`]],
      }),
      graph({
        title: 'Findings by outcome',
        description: 'What became of the findings? Per minute.',
        runbook: 'isolatornotisolated',
        unit: 'short',
        stacked: true,
        columns: 12,
        queries: [
          [
            '{{outcome}}',
            `60 * sum by (outcome) (rate(${seriesOf('isolator_isolations_total')}[$__rate_interval])) > 0`,
          ],
        ],
      }),
      heatmap({
        title: 'From finding to isolation',
        description:
          'How long did it take from the creation of a finding until its object was out of reach? Each column counts the isolations of its time.',
        runbook: 'isolatorobjectiveburnsfast',
        unit: 's',
        columns: 12,
        queries: [
          [
            '{{le}}',
            `sum by (le) (increase(${seriesOf('isolator_finding_to_isolation_seconds_bucket')}[$__rate_interval]))`,
          ],
        ],
      }),
      graph({
        title: 'From finding to isolation, by severity',
        description:
          'Half and 95 % of the findings were isolated within this time. The line is the objective.',
        runbook: 'isolatorobjectiveburnsfast',
        unit: 's',
        thresholds: { bad: 300 },
        columns: 8,
        queries: [
          ['{{severity}} median', quantile(0.5, 'isolator_finding_to_isolation_seconds')],
          ['{{severity}} 95 %', quantile(0.95, 'isolator_finding_to_isolation_seconds')],
        ],
      }),
      graph({
        title: 'Exposure of objects, by severity',
        description:
          'How long did the data lie there, from the last modification of the object to its removal? Mostly the time until Macie scans.',
        runbook: 'isolatorobjectiveburnsslowly',
        unit: 's',
        columns: 8,
        queries: [
          ['{{severity}} median', quantile(0.5, 'isolator_object_exposure_seconds')],
          ['{{severity}} 95 %', quantile(0.95, 'isolator_object_exposure_seconds')],
        ],
      }),
      graph({
        title: 'Burn rate',
        description:
          'How many times faster than it may is the error budget spent? At 1 it lasts the 30 days; above 14.4 in an hour, or 6 in six, somebody is woken.',
        runbook: 'isolatorobjectiveburnsfast',
        unit: 'short',
        thresholds: { warn: 1, bad: 14.4 },
        columns: 8,
        queries: [
          ['1 hour', `(${missed('1h')}) / 0.01`],
          ['6 hours', `(${missed('6h')}) / 0.01`],
          ['3 days', `(${missed('3d')}) / 0.01`],
        ],
      }),
      graph({
        title: 'Backlog',
        description:
          'How many messages are in the queues? Visible ones wait, those in flight are in work, delayed ones were sent with a delay. Sampled once a minute.',
        runbook: 'isolatorqueuenearingretention',
        unit: 'short',
        columns: 8,
        queries: [
          [
            '{{queue}} {{state}}',
            `sum by (queue, state) (max by (job, queue, state) (${seriesOf('isolator_queue_messages')}))`,
          ],
        ],
      }),
      graph({
        title: 'Age at first receive',
        description: 'How long did messages wait in the queue before a worker took them?',
        runbook: 'isolatorqueuenearingretention',
        unit: 's',
        columns: 8,
        queries: [
          ['median', quantile(0.5, 'isolator_queue_wait_seconds', 'le')],
          ['99 %', quantile(0.99, 'isolator_queue_wait_seconds', 'le')],
        ],
      }),
      bars({
        title: 'What was parked, and why',
        description:
          'Which reasons kept findings from being isolated in the time shown? The runbook has a section for each.',
        runbook: 'reasons',
        unit: 'short',
        decimals: 0,
        columns: 8,
        queries: [
          [
            '{{outcome}}: {{reason}}',
            `sum by (outcome, reason) (increase(${seriesOf('isolator_isolations_total', 'outcome=~"retained|refused|rejected"')}[$__range])) > 0`,
          ],
        ],
      }),
      graph({
        title: 'Bytes isolated',
        description: 'How much data is moved? Per second.',
        runbook: 'isolatorobjectiveburnsslowly',
        unit: 'Bps',
        columns: 8,
        queries: [['bytes', `sum(rate(${seriesOf('isolator_isolated_bytes_total')}[$__rate_interval]))`]],
      }),
      graph({
        title: 'Alerts to people',
        description: 'Are people told? Per minute; `none` is where no topic is set, or none is due.',
        runbook: 'isolatoralertsnotsent',
        unit: 'short',
        stacked: true,
        columns: 8,
        queries: [
          [
            '{{result}}',
            `60 * sum by (result) (rate(${seriesOf('isolator_alerts_total')}[$__rate_interval])) > 0`,
          ],
        ],
      }),
      bars({
        title: 'Alerts firing',
        description: 'What needs a person now? Empty is good.',
        runbook: 'alerts',
        unit: 'short',
        columns: 8,
        queries: [
          [
            '{{alertname}}',
            'count by (alertname) (ALERTS{alertname=~"Isolator.+",alertstate="firing",job=~"$job|"})',
          ],
        ],
      }),
    ],
  });
}
