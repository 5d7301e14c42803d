import { dashboard } from './dashboard.ts';
import { graph, type PanelSpec, seriesOf, stat } from './panel.ts';
import { counted, perMinute, quantile, rate } from './queries.ts';

const count = { unit: 'locale', decimals: 0, columns: 3 } as const;
const third = { columns: 8, noValue: 'nothing happened' } as const;
const seconds = { ...third, unit: 's' } as const;
const bars = { ...third, unit: 'locale', stacked: true } as const;
const process = {
  columns: 12,
  runbook: 'isolatorworkerrestarts',
  logs: 'starts',
} as const satisfies Partial<PanelSpec>;

/** Receives a minute of messages that came at most so often. Prometheus 3 writes the bucket 5 as 5.0. */
const received = (times: string) =>
  `60 * sum(${rate('isolator_message_receives_bucket', `le=~"${times}(\\\\.0)?"`)})`;

const now = [
  stat({
    ...count,
    title: 'Workers',
    description: 'How many workers answer Prometheus?',
    runbook: 'isolatorworkerdown',
    logs: 'starts',
    thresholds: { goodFrom: 1 },
    noValue: 'none',
    queries: [['workers', `count(${seriesOf('isolator_build_info')})`]],
  }),
  stat({
    ...count,
    title: 'Halted',
    description: 'On how many workers does the isolation side refuse, so that no message is received?',
    runbook: 'isolatorisolationrefused',
    logs: 'halts',
    thresholds: { bad: 1 },
    queries: [['workers', `sum(${seriesOf('isolator_isolation_fault')})`]],
  }),
  stat({
    ...count,
    title: 'Starts',
    description:
      'How often did a worker start, in the time shown? One for each that was there at its beginning, too.',
    runbook: 'isolatorworkerrestarts',
    logs: 'starts',
    queries: [
      [
        'starts',
        `count(count_over_time(${seriesOf('process_start_time_seconds')}[$__range])) + sum(changes(${seriesOf('process_start_time_seconds')}[$__range]))`,
      ],
    ],
  }),
  stat({
    ...count,
    title: 'Failed polls',
    description: 'How often could the queue not be polled, in the time shown?',
    runbook: 'isolatornothingpolled',
    logs: 'queue',
    thresholds: { warn: 0.5 },
    queries: [['polls', counted('isolator_queue_poll_errors_total')]],
  }),
  stat({
    title: 'Last outcome',
    description: 'How long ago did a message last come to its outcome? Long where no findings come.',
    runbook: 'isolatornothingfinishes',
    logs: 'isolations',
    unit: 'dtdurations',
    decimals: 0,
    columns: 3,
    noValue: 'none yet',
    queries: [['ago', `time() - max(${seriesOf('isolator_last_message_processed_timestamp_seconds')} > 0)`]],
  }),
  stat({
    ...count,
    title: 'Log lines lost',
    description: 'How many log lines did standard output not take, in the time shown?',
    runbook: 'isolatorloglinesdropped',
    logs: 'failures',
    thresholds: { warn: 0.5 },
    queries: [['lines', counted('isolator_log_lines_dropped_total')]],
  }),
  stat({
    title: 'Pause read',
    description:
      'How long ago did the worker that is furthest behind read pause and budget? Each reads them every 15 s.',
    runbook: 'isolatorvalveunread',
    logs: 'pauses',
    unit: 'dtdurations',
    decimals: 0,
    columns: 3,
    thresholds: { warn: 60, bad: 300 },
    queries: [['ago', `time() - min(${seriesOf('isolator_last_valve_read_timestamp_seconds')} > 0)`]],
  }),
  stat({
    title: 'Policy',
    description:
      'Do all workers decide by the policy as its source has it? Rejected: the one before stays in force.',
    runbook: 'isolatorpolicyrejected',
    logs: 'policy',
    unit: 'locale',
    names: true,
    columns: 3,
    colors: { 'in force': 'isolated', rejected: 'failed' },
    queries: [
      ['in force', `min(${seriesOf('isolator_policy_valid')}) == 1`],
      ['rejected', `min(${seriesOf('isolator_policy_valid')}) == 0`],
    ],
  }),
];

const work = [
  graph({
    title: 'Slots',
    description:
      'How many messages are in work, and how many can be? At the limit more workers help. Messages of slowed accounts are in work beyond the limit.',
    runbook: 'isolatorfindingswait',
    logs: 'queue',
    unit: 'locale',
    columns: 8,
    colors: { 'in work': 'pending', limit: 'limit', 'slowed accounts': 'failed' },
    queries: [
      ['in work', `sum(${seriesOf('isolator_messages_in_flight')})`],
      ['limit', `sum(${seriesOf('isolator_concurrency_limit')})`],
      ['slowed accounts', `max(${seriesOf('isolator_accounts_slowed')})`],
    ],
  }),
  graph({
    ...seconds,
    title: 'Time of a handling, 95 %',
    description: 'How long does a message take from receive to outcome?',
    runbook: 'isolatorfindingunfinished',
    logs: 'isolations',
    queries: [['{{outcome}}', quantile(0.95, 'isolator_isolation_duration_seconds', 'outcome')]],
  }),
  graph({
    ...seconds,
    title: 'Time of a step, 95 %',
    description: 'Which step takes how long? Copies take as long as objects are large.',
    runbook: 'isolatorfindingunfinished',
    logs: 'isolations',
    queries: [['{{step}}', quantile(0.95, 'isolator_step_duration_seconds', 'step')]],
  }),
  graph({
    ...bars,
    title: 'Messages by how they left',
    description: 'Are messages acknowledged, parked, or sent round again? Per minute.',
    runbook: 'isolatorfindingretried',
    logs: 'failures',
    colors: {
      delete: 'isolated',
      park: 'exposed',
      'back-off': 'failed',
      'hand-back': 'other',
      lost: 'pending',
    },
    queries: [['{{how}}', perMinute('isolator_messages_settled_total', 'how')]],
  }),
  graph({
    ...third,
    stacked: true,
    title: 'Receives by count',
    description:
      'Do messages come again? Per minute. The first receive is the rule; a message that comes more than five times fails again and again.',
    runbook: 'isolatorfindingretried',
    logs: 'failures',
    unit: 'locale',
    colors: { first: 'isolated', 'second to fifth': 'pending', later: 'failed' },
    queries: [
      ['first', received('1')],
      ['second to fifth', `${received('5')} - ${received('1')}`],
      ['later', `60 * sum(${rate('isolator_message_receives_count')}) - ${received('5')}`],
    ],
  }),
  graph({
    ...bars,
    title: 'Visibility extensions',
    description:
      'Are long handlings kept hidden from other workers? Per minute; `lost` is work that another worker does too.',
    runbook: 'isolatorfindingunfinished',
    logs: 'failures',
    colors: { extended: 'isolated', failed: 'failed', lost: 'exposed' },
    queries: [['{{result}}', perMinute('isolator_visibility_extensions_total', 'result')]],
  }),
];

const calls = [
  graph({
    ...bars,
    columns: 12,
    title: 'AWS calls that failed',
    description: 'Which calls fail for good, after all retries? Per minute. `other`: the log has the code.',
    runbook: 'isolatorfindingretried',
    logs: 'failures',
    noValue: 'none failed',
    queries: [['{{operation}} {{code}}', perMinute('isolator_aws_request_errors_total', 'operation, code')]],
  }),
  graph({
    ...bars,
    columns: 12,
    title: 'Retries of AWS calls',
    description: 'Which calls does the SDK have to repeat? Per minute: throttling shows here first.',
    runbook: 'isolatorfindingretried',
    logs: 'failures',
    noValue: 'none repeated',
    queries: [['{{operation}}', perMinute('isolator_aws_request_retries_total', 'operation')]],
  }),
  graph({
    ...third,
    columns: 24,
    title: 'AWS calls',
    description: 'How many calls of each operation are made? Per second.',
    runbook: 'isolatorfindingunfinished',
    logs: 'failures',
    unit: 'reqps',
    queries: [
      ['{{operation}}', `sum by (operation) (${rate('isolator_aws_request_duration_seconds_count')}) > 0`],
    ],
  }),
  graph({
    ...seconds,
    title: 'Time of an AWS call, 95 %',
    description: 'Which operation takes how long, its retries included? Long polls are left out.',
    runbook: 'isolatorfindingunfinished',
    logs: 'failures',
    columns: 24,
    queries: [
      [
        '{{operation}}',
        quantile(0.95, 'isolator_aws_request_duration_seconds', 'operation', 'operation!="ReceiveMessage"'),
      ],
    ],
  }),
];

const processes = [
  graph({
    ...process,
    title: 'Event loop lag, 99 %',
    description: 'Does the process have time to answer? Above 0.1 s its processor is too small.',
    unit: 's',
    thresholds: { warn: 0.1 },
    queries: [['{{instance}}', seriesOf('nodejs_eventloop_lag_p99_seconds')]],
  }),
  graph({
    ...process,
    title: 'Memory',
    description: 'Does the memory of a process grow without end? The heap is part of the whole.',
    unit: 'bytes',
    queries: [
      ['{{instance}} whole', seriesOf('process_resident_memory_bytes')],
      ['{{instance}} heap', seriesOf('nodejs_heap_size_used_bytes')],
    ],
  }),
  graph({
    ...process,
    title: 'Processor',
    description: 'How much of one processor does each worker use?',
    unit: 'percentunit',
    queries: [['{{instance}}', rate('process_cpu_seconds_total')]],
  }),
  graph({
    ...process,
    title: 'Versions',
    description: 'What runs, and on how many workers?',
    unit: 'locale',
    softMax: 3,
    queries: [
      [
        '{{version}} {{revision}}, Node {{node_version}}',
        `count by (version, revision, node_version) (${seriesOf('isolator_build_info')})`,
      ],
    ],
  }),
];

/** How the worker itself does: whoever looks here knows already that something is wrong. */
export function workerDashboard() {
  return dashboard({
    uid: 'macie-isolator-worker',
    title: 'macie-isolator: worker',
    description: 'How the workers do: their slots, their calls to AWS, their processes.',
    rows: [
      { panels: now },
      { title: 'Work', panels: work },
      { title: 'Calls to AWS', panels: calls },
      { title: 'Processes', panels: processes },
    ],
  });
}
