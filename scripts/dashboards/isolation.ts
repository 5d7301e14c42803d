import { missedOutcomes, parkedOutcomes } from '../outcome-selectors.ts';
import { dashboard } from './dashboard.ts';
import { logLines } from './log-lines.ts';
import { now } from './now.ts';
import { bars, graph, heatmap, seriesOf, stat } from './panel.ts';
import { perMinute, quantile, queued, rate, recorded } from './queries.ts';

const outcomeColors = {
  isolated: 'isolated',
  'already_isolated|released': 'isolatedLight',
  [missedOutcomes]: 'exposed',
  rejected: 'failed',
  'alerted|dry_run|ignored|changed|gone': 'other',
} as const;

/** The share of the High findings that missed the objective. */
const missed = (window: string) =>
  `${recorded(`job:isolator_objective_misses:increase${window}`)} / ${recorded(`job:isolator_objective_findings:increase${window}`)}`;

/** The times of a histogram by severity. */
const bySeverity = (metric: string) =>
  ({
    unit: 's',
    columns: 8,
    noValue: 'nothing isolated',
    colors: {
      'High median': 'exposedLight',
      'High 95 %': 'exposed',
      'Medium median': 'failedLight',
      'Medium 95 %': 'failed',
      'Low median': 'pendingLight',
      'Low 95 %': 'pending',
      'None median': 'otherLight',
      'None 95 %': 'other',
    },
    queries: [
      ['{{severity}} median', quantile(0.5, metric, 'severity')],
      ['{{severity}} 95 %', quantile(0.95, metric, 'severity')],
    ],
  }) as const;

const isolation = [
  graph({
    title: 'Findings by outcome',
    description: 'What became of the findings? Per minute.',
    runbook: 'isolatornothingfinishes',
    logs: 'isolations',
    unit: 'locale',
    stacked: true,
    columns: 8,
    noValue: 'no findings',
    colors: outcomeColors,
    queries: [['{{outcome}}', perMinute('isolator_isolations_total', 'outcome')]],
  }),
  graph({
    title: 'From finding to isolation, by severity',
    description: 'Half and 95 % of the findings were isolated within this time. The line is the objective.',
    runbook: 'isolatorobjectiveburnsfast',
    logs: 'isolations',
    ...bySeverity('isolator_finding_to_isolation_seconds'),
    thresholds: { bad: 300 },
  }),
  graph({
    title: 'Exposure of objects, by severity',
    description:
      'How long did the data lie there, from the last modification of the object to its removal? Mostly the time until Macie scans.',
    runbook: 'isolatorobjectiveburnsslowly',
    logs: 'isolations',
    ...bySeverity('isolator_object_exposure_seconds'),
  }),
  heatmap({
    title: 'From finding to isolation',
    description:
      'How long did it take from the creation of a finding until its object was out of reach? Each column counts the isolations of its time.',
    runbook: 'isolatorobjectiveburnsfast',
    logs: 'isolations',
    unit: 's',
    columns: 9,
    noValue: 'nothing isolated',
    queries: [
      [
        '{{le}}',
        `sum by (le) (increase(${seriesOf('isolator_finding_to_isolation_seconds_bucket')}[$__rate_interval]))`,
      ],
    ],
  }),
  graph({
    title: 'Burn rate',
    description:
      'How many times faster than it may is the error budget spent? At 1 it lasts the 30 days; above 14.4 in an hour, or 6 in six, somebody is woken.',
    runbook: 'isolatorobjectiveburnsfast',
    logs: 'isolations',
    unit: 'locale',
    thresholds: { warn: 1, bad: 14.4 },
    softMax: 20,
    columns: 9,
    noValue: 'no findings',
    colors: { '1 hour': 'exposed', '6 hours': 'failed', '3 days': 'other' },
    queries: [
      ['1 hour', `(${missed('1h')}) / 0.01 >= 0`],
      ['6 hours', `(${missed('6h')}) / 0.01 >= 0`],
      ['3 days', `(${missed('3d')}) / 0.01 >= 0`],
    ],
  }),
  stat({
    title: 'In time, 30 days',
    description:
      'Which share of the High findings was isolated within five minutes of its creation? 99 % is the objective. Backfills and replays are left out.',
    runbook: 'isolatorobjectiveburnsslowly',
    logs: 'isolations',
    unit: 'percentunit',
    decimals: 2,
    thresholds: { goodFrom: 0.99 },
    columns: 6,
    noValue: 'no findings',
    queries: [['in time', `(1 - ${missed('30d')}) >= 0`]],
  }),
  stat({
    title: 'Error budget left',
    description:
      'How much is left of the one High finding in a hundred that may be late within 30 days? Below 0 the objective is missed.',
    runbook: 'isolatorobjectiveburnsslowly',
    logs: 'isolations',
    unit: 'percentunit',
    decimals: 0,
    min: 'any',
    thresholds: { goodFrom: 0.25 },
    columns: 6,
    noValue: 'no findings',
    queries: [['left', `(1 - (${missed('30d')}) / 0.01) > -Inf`]],
  }),
];

const parked = [
  bars({
    title: 'What was parked, and why',
    description:
      'Which reasons kept findings from being isolated in the time shown? The runbook has a section for each.',
    runbook: 'reasons',
    logs: 'isolations',
    unit: 'locale',
    decimals: 0,
    columns: 12,
    noValue: 'nothing parked',
    colors: { [`${missedOutcomes.replaceAll('|', '.*|')}.*`]: 'exposed', 'rejected.*': 'failed' },
    queries: [
      [
        '{{outcome}}: {{reason}}',
        `sum by (outcome, reason) (increase(${seriesOf('isolator_isolations_total', `outcome=~"${parkedOutcomes}"`)}[$__range])) > 0`,
      ],
    ],
  }),
  bars({
    title: 'Held by a limit',
    description:
      'How many findings were held in the time shown, because a rule or a bucket had more than its limit allows? Their objects stay as they are.',
    runbook: 'isolatorfindingsheld',
    logs: 'isolations',
    unit: 'locale',
    decimals: 0,
    columns: 12,
    noValue: 'nothing held',
    colors: { '.*-limit': 'exposed' },
    queries: [
      ['{{why}}', `sum by (why) (increase(${seriesOf('isolator_findings_held_total')}[$__range])) > 0`],
    ],
  }),
  graph({
    title: 'Fences',
    description:
      'What became of the tries to fence objects? Per minute. `fenced` is proved, `tagged` is not; `open` and `no-room` can still be read; `hit-other` hit bytes put at that moment.',
    runbook: 'isolatorfenceopen',
    logs: 'isolations',
    unit: 'locale',
    stacked: true,
    columns: 12,
    noValue: 'nothing fenced',
    colors: {
      fenced: 'isolated',
      tagged: 'pending',
      open: 'exposed',
      'no-room': 'exposedLight',
      'hit-other': 'failed',
    },
    queries: [['{{result}}', perMinute('isolator_fences_total', 'result')]],
  }),
  graph({
    title: 'From finding to fence, by severity',
    description:
      'Half and 95 % of the objects that stay, and that a proved fence contains, were fenced within this time.',
    runbook: 'isolatorfenceopen',
    logs: 'isolations',
    ...bySeverity('isolator_finding_to_fence_seconds'),
    columns: 12,
    noValue: 'nothing fenced',
  }),
  graph({
    title: 'Alerts to people',
    description:
      'Are people told? Per minute. `try-failed` is tried again, `failed` was given up, `folded` was summed up in a digest, and `none` is where no topic is set or no alert is due.',
    runbook: 'isolatoralertsnotsent',
    logs: 'alerts',
    unit: 'locale',
    stacked: true,
    columns: 12,
    noValue: 'no alerts',
    colors: { sent: 'isolated', folded: 'other', 'try-failed': 'failed', failed: 'exposed', none: 'other' },
    queries: [['{{result}}', perMinute('isolator_alerts_total', 'result')]],
  }),
  graph({
    title: 'Events to the outcome bus',
    description:
      'Do other systems learn of outcomes? Per minute, with OUTCOME_BUS_ARN. `try-failed` is tried again with its message; `failed` is a message that was parked without its event.',
    runbook: 'isolatoreventsnotsent',
    logs: 'alerts',
    unit: 'locale',
    stacked: true,
    columns: 12,
    noValue: 'no events',
    colors: { sent: 'isolated', 'try-failed': 'failed', failed: 'exposed' },
    queries: [['{{result}}', perMinute('isolator_outcome_events_total', 'result')]],
  }),
];

const throughput = [
  graph({
    title: 'Backlog',
    description:
      'How many messages are in the queues? Visible ones wait; in work are those that a worker has or has backed off. Sampled once a minute.',
    runbook: 'isolatorfindingswait',
    logs: 'queue',
    unit: 'locale',
    columns: 8,
    softMax: 5,
    colors: { waiting: 'pending', 'in work': 'other', parked: 'exposed' },
    queries: [
      ['waiting', queued('findings', 'visible')],
      ['in work', queued('findings', 'in_flight', 'delayed')],
      ['parked', queued('dead-letter')],
    ],
  }),
  graph({
    title: 'Age at first receive',
    description: 'How long did messages wait in the queue before a worker took them?',
    runbook: 'isolatorfindingswait',
    logs: 'queue',
    unit: 's',
    columns: 8,
    noValue: 'no messages',
    colors: { median: 'other', '99 %': 'pending' },
    queries: [
      ['median', quantile(0.5, 'isolator_queue_wait_seconds')],
      ['99 %', quantile(0.99, 'isolator_queue_wait_seconds')],
    ],
  }),
  graph({
    title: 'Bytes isolated',
    description: 'How much data is moved? Per second.',
    runbook: 'isolatornothingfinishes',
    logs: 'isolations',
    unit: 'Bps',
    columns: 8,
    colors: { bytes: 'isolated' },
    queries: [['bytes', `sum(${rate('isolator_isolated_bytes_total')})`]],
  }),
];

/** Is sensitive data exposed now, how fast is it isolated, what needs a person. */
export function isolationDashboard() {
  return dashboard({
    uid: 'macie-isolator-isolation',
    title: 'macie-isolator: isolation',
    description: 'Whether sensitive data lies exposed now, how fast it is isolated, and what needs a person.',
    rows: [
      { panels: now },
      { title: 'Isolation', panels: isolation },
      { title: 'Parked, and told', panels: parked },
      { title: 'Throughput', panels: throughput },
    ],
    logLines,
  });
}
