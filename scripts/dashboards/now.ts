import { missedFindings } from '../outcome-selectors.ts';
import { seriesOf, stat } from './panel.ts';
import { counted, firing, queued, recorded } from './queries.ts';

const count = { unit: 'locale', decimals: 0, columns: 3 } as const;
const critical = firing.replace('ALERTS{', 'ALERTS{severity="critical",');
const watchdog = 'group(ALERTS{alertname="IsolatorWatchdog",alertstate="firing"})';
const working = recorded('job:isolator_workers_working:count');
const expected = recorded('job:isolator_workers_expected:last');
const spent = `sum(${seriesOf('isolator_budget_spent')}) > 0`;

/** Readable from the door: is something wrong, is data exposed, are people told, do the workers work. */
export const now = [
  stat({
    title: 'Alerts firing',
    description:
      'What needs a person now, by name and severity? Red is critical. Unknown: Prometheus evaluates no rules.',
    runbook: 'triage',
    logs: 'failures',
    unit: 'locale',
    names: true,
    height: 8,
    columns: 6,
    colors: { 'critical: .*': 'exposed', 'warning: .*': 'failed', none: 'isolated' },
    queries: [
      // The critical ones first.
      [
        '{{severity}}: {{name}}',
        `sort_desc(label_replace(2 * ${critical} or ${firing}, "name", "$1", "alertname", "Isolator(.+)"))`,
      ],
      ['none', `${watchdog} unless on () group(${firing})`],
    ],
  }),
  stat({
    ...count,
    title: 'Waiting',
    description:
      'How many findings wait in the queue? Their objects can be read until then. Sampled once a minute.',
    runbook: 'isolatorfindingswait',
    logs: 'queue',
    thresholds: { warn: 100 },
    queries: [['waiting', queued('findings', 'visible')]],
  }),
  stat({
    ...count,
    title: 'In work',
    description: 'How many findings are in work, or failed and are tried again later? Sampled once a minute.',
    runbook: 'isolatorfindingunfinished',
    logs: 'failures',
    thresholds: { warn: 100 },
    queries: [['in work', queued('findings', 'in_flight', 'delayed')]],
  }),
  stat({
    ...count,
    title: 'Kept exposed',
    description:
      'How many findings ended in the time shown with their object still in place, where it can or may be read?',
    runbook: 'isolatorstillexposed',
    logs: 'isolations',
    thresholds: { bad: 0.5 },
    queries: [['kept', counted('isolator_isolations_total', missedFindings)]],
  }),
  stat({
    title: 'Oldest finding',
    description:
      'How old is the oldest finding that a worker has in work or tries again? At five minutes it is late.',
    runbook: 'isolatorfindingunfinished',
    logs: 'failures',
    unit: 'dtdurations',
    decimals: 0,
    columns: 3,
    zero: 'none',
    thresholds: { warn: 300, bad: 600 },
    queries: [
      [
        'age',
        `time() - min(${seriesOf('isolator_oldest_unfinished_finding_timestamp_seconds')}) or on () 0 * count(${seriesOf('isolator_build_info')})`,
      ],
    ],
  }),
  stat({
    ...count,
    title: 'Parked',
    description:
      'How many messages wait for a person in the dead-letter queue, each with its reason? A look at them changes nothing.',
    runbook: 'isolatorfindingsparked',
    logs: 'isolations',
    thresholds: { bad: 1 },
    queries: [['parked', queued('dead-letter')]],
  }),
  stat({
    ...count,
    title: 'Over 5 tries',
    description: 'How many findings fail again and again, and were received more than five times?',
    runbook: 'isolatorfindingretried',
    logs: 'failures',
    thresholds: { bad: 1 },
    queries: [['findings', `sum(${seriesOf('isolator_findings_retried')})`]],
  }),
  stat({
    ...count,
    title: 'People not told',
    description: 'How many alerts were given up in the time shown? Nobody was told of these findings.',
    runbook: 'isolatorpeoplenottold',
    logs: 'alerts',
    thresholds: { bad: 0.5 },
    queries: [['given up', counted('isolator_alerts_total', 'result="failed"')]],
  }),
  stat({
    title: 'Queue answered',
    description:
      'How long ago did the findings queue last answer a poll of any worker? Since the first start where it never did. Long polls take 20 s.',
    runbook: 'isolatornothingpolled',
    logs: 'queue',
    unit: 'dtdurations',
    decimals: 0,
    columns: 3,
    thresholds: { warn: 60, bad: 300 },
    queries: [
      [
        'ago',
        `time() - (max(${seriesOf('isolator_last_poll_timestamp_seconds')} > 0) or min(${seriesOf('process_start_time_seconds')}))`,
      ],
    ],
  }),
  stat({
    title: 'Workers ready',
    description:
      'How many workers isolate, of how many that are expected? One that has halted, drains or does not poll is not ready.',
    runbook: 'isolatorworkersmissing',
    logs: 'starts',
    unit: 'locale',
    names: true,
    columns: 3,
    thresholds: { goodFrom: 1 },
    queries: [
      [
        '{{ready}} of {{expected}}',
        `count_values("ready", ${working}) * on () group_left (expected) count_values("expected", ${expected}) * on () group_left () (${working} / ${expected})`,
      ],
    ],
  }),
  stat({
    ...count,
    title: 'Isolated',
    description: 'How many objects were isolated in the time shown?',
    runbook: 'isolatornothingfinishes',
    logs: 'isolations',
    queries: [['isolated', counted('isolator_isolations_total', 'outcome="isolated"')]],
  }),
  stat({
    title: 'Paused',
    description:
      'Is the service paused? Yes: by a person, or because nobody knows. Budget spent: nothing is isolated until a person resumes.',
    runbook: 'isolatorpaused',
    logs: 'pauses',
    unit: 'locale',
    names: true,
    columns: 3,
    colors: { no: 'isolated', yes: 'failed', 'budget spent': 'exposed' },
    queries: [
      ['no', `sum(${seriesOf('isolator_paused')}) == 0`],
      ['yes', `sum(${seriesOf('isolator_paused')}) > 0 unless on () ${spent}`],
      ['budget spent', spent],
    ],
  }),
  stat({
    ...count,
    title: 'Left this hour',
    description:
      'How many findings may still be isolated in this hour before the service pauses itself? ISOLATION_BUDGET_PER_HOUR is the whole.',
    runbook: 'isolatorbudgetrunslow',
    logs: 'pauses',
    thresholds: { goodFrom: 1 },
    queries: [['left', `min(${seriesOf('isolator_budget_remaining')})`]],
  }),
];
