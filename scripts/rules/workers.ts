import { type AlertRule, alertRule, asked, type RecordingRule } from './rule.ts';

/** Answers Prometheus, has not halted or begun to drain, and polls, or rightly does not: its slots are taken, or the service is paused. */
const works = [
  '(isolator_isolation_fault == 0)',
  'and on (job, instance) (isolator_shutting_down == 0)',
  'and on (job, instance) (time() - isolator_last_poll_timestamp_seconds < 300',
  'or on (job, instance) isolator_messages_in_flight >= isolator_concurrency_limit',
  'or on (job, instance) isolator_paused > 0)',
].join(' ');

const working = 'job:isolator_workers_working:count';
const there = 'job:isolator_workers_there:count';
const expected = 'job:isolator_workers_expected:last';

/** Known for a day after the last worker is gone, so that the alert can say how many are missing. */
export const workerRecords: readonly RecordingRule[] = [
  {
    record: expected,
    expr: `max by (job) (isolator_workers_expected) or last_over_time(${expected}[1d])`,
  },
  { record: there, expr: `count by (job) (isolator_build_info) or 0 * ${expected}` },
  { record: working, expr: `count by (job) (${works}) or 0 * ${expected}` },
];

/** Workers that ended within the hour: those that started again under their address, and addresses that are gone. */
const ended = [
  'sum by (job) (changes(process_start_time_seconds[1h]))',
  '+ count by (job) (count_over_time(process_start_time_seconds[1h]))',
  `- ${there}`,
].join(' ');
/** In a loop that is faster than five minutes there is always a young worker. */
const young = 'time() - max by (job) (last_over_time(process_start_time_seconds[5m])) < 300';

/** The gauge is 0 where the queue never answered. The start of such a worker counts, but hides no poll of another worker. */
const lastPoll = [
  'max by (job) (isolator_last_poll_timestamp_seconds > 0)',
  'or min by (job) (process_start_time_seconds and on (job, instance) isolator_build_info)',
].join(' ');

const inJob = (metric: string) => `${metric}{job="$job"}`;
/** How many workers of the alert's job there are, in a text. */
export const workersThere = asked(`count(${inJob('isolator_build_info')})`);
const workersExpected = (job?: string) => asked(inJob(expected), job);
const job = 'macie-isolator';

export const workerAlerts: readonly AlertRule[] = [
  alertRule({
    alert: 'IsolatorWorkerDown',
    expr: `absent(up{job="${job}"} == 1)`,
    for: '5m',
    severity: 'critical',
    labels: { job },
    summary: `None of ${workersExpected(`"${job}"`)} workers answers Prometheus, for five minutes.`,
    description: 'Nothing is isolated while no worker runs; findings wait in the queue for up to seven days.',
    dashboard: 'worker',
  }),
  alertRule({
    alert: 'IsolatorWorkersMissing',
    expr: `${working} < on (job) ${expected}`,
    for: '5m',
    severity: 'warning',
    summary: `{{ $value }} of ${workersExpected()} workers isolate.`,
    description:
      'A worker is lost, does not poll, has halted, or drains. The others take its findings as long as they can.',
    dashboard: 'worker',
  }),
  alertRule({
    alert: 'IsolatorWorkerRestarts',
    // A deployment ends each worker once. A loop is slower and ends more, or is fast and leaves no worker to grow old.
    expr: `(${ended} > 2 * max_over_time(${there}[1h])) or (${ended} > 0 and on (job) ${young})`,
    for: '15m',
    severity: 'warning',
    summary: '{{ $value }} workers ended within an hour, and others took their place.',
    description: 'A worker starts and ends again and again. Its last log lines say why.',
    dashboard: 'worker',
  }),
  alertRule({
    alert: 'IsolatorWorkerHalted',
    expr: `sum by (job) (isolator_isolation_fault > 0) unless on (job) min by (job) (isolator_isolation_fault) > 0`,
    for: '2m',
    severity: 'warning',
    summary: `{{ $value }} of ${workersThere} workers have halted: the isolation side or Macie refuses their calls.`,
    description: 'The others go on. A halted worker receives nothing until its probe succeeds.',
    dashboard: 'worker',
  }),
  alertRule({
    alert: 'IsolatorIsolationRefused',
    expr: 'count by (job) (isolator_isolation_fault > 0) and on (job) min by (job) (isolator_isolation_fault) > 0',
    for: '2m',
    severity: 'critical',
    summary: 'Nothing can be isolated: all {{ $value }} workers have halted.',
    description:
      "The isolation bucket, its key, the worker's role or Macie refuses their calls; no message is received. The event isolation_refused says which.",
    dashboard: 'worker',
  }),
  alertRule({
    alert: 'IsolatorAccountSlowed',
    expr: 'max by (job) (isolator_accounts_slowed) > 0',
    for: '15m',
    severity: 'warning',
    summary: 'Calls to {{ $value }} accounts fail or hang: their findings wait, those of others go on.',
    description:
      'The log names the accounts and buckets (place_slowed). Their findings are parked at the twentieth receive, after half a day.',
    dashboard: 'worker',
  }),
  // Workers whose slots are all taken rightly poll nothing, nor do those that have halted or are paused.
  alertRule({
    alert: 'IsolatorNothingPolled',
    expr: `time() - (${lastPoll}) > 300 unless sum by (job) (isolator_messages_in_flight) >= sum by (job) (isolator_concurrency_limit) unless min by (job) (isolator_isolation_fault) > 0 unless min by (job) (isolator_paused) > 0`,
    for: '2m',
    severity: 'critical',
    summary: 'The findings queue has answered no poll for {{ $value | humanizeDuration }}.',
    description: `${workersThere} workers run, and none receives findings.`,
    dashboard: 'worker',
  }),
  alertRule({
    alert: 'IsolatorPolicyRejected',
    expr: 'sum by (job) (isolator_policy_valid == bool 0) > 0',
    for: '5m',
    severity: 'warning',
    summary: `The policy cannot be taken up by {{ $value }} of ${workersThere} workers.`,
    description:
      'Its source cannot be read or holds no valid policy. The policy before stays in force; a worker without one receives nothing.',
    dashboard: 'worker',
  }),
  alertRule({
    alert: 'IsolatorPolicyExceptionEnds',
    expr: 'min by (job, exception) (isolator_policy_exception_ends_timestamp_seconds - time() < 604800 > 0)',
    severity: 'warning',
    summary: 'The exception {{ $labels.exception }} of the policy ends in {{ $value | humanizeDuration }}.',
    description: 'From then on the rules decide about its objects, and may isolate them.',
    dashboard: 'worker',
  }),
  alertRule({
    alert: 'IsolatorLogLinesDropped',
    expr: 'sum by (job) (increase(isolator_log_lines_dropped_total[15m])) > 0',
    severity: 'warning',
    summary: '{{ $value | printf "%.0f" }} log lines were lost within 15 minutes.',
    description:
      'Standard output of a worker was not read, or its disk was full. Work goes on; metrics and records are whole.',
    dashboard: 'worker',
  }),
];
