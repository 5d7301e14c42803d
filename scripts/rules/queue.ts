import { queueOnce } from './counted-once.ts';
import { type AlertRule, alertRule, type RecordingRule } from './rule.ts';

const waiting = 'job:isolator_waiting_messages:last';
const parked = 'job:isolator_parked_messages:last';

/** Survives a sample that failed and the death of the workers: the record carries its own last value on. */
const lastKnown = (record: string, now: string) => `${now} or last_over_time(${record}[1d])`;

export const queueRecords: readonly RecordingRule[] = [
  { record: waiting, expr: lastKnown(waiting, queueOnce('findings', ['visible'])) },
  { record: parked, expr: lastKnown(parked, queueOnce('dead-letter')) },
];

const firstReceives = 'sum by (job) (increase(isolator_queue_wait_seconds_count[15m]))';
const waitedLong = `sum by (job) (increase(isolator_queue_wait_seconds_sum[15m])) > 900 * ${firstReceives}`;

export const queueAlerts: readonly AlertRule[] = [
  alertRule({
    alert: 'IsolatorFindingsWait',
    expr: `${waiting} > 0 and on (job) (${waitedLong} or ${firstReceives} == 0)`,
    for: '20m',
    severity: 'critical',
    summary: '{{ $value }} findings have been waiting for 20 minutes, and their objects can be read.',
    description:
      'The queue was not empty once, and messages wait longer than 15 minutes until a worker takes them.',
  }),
  alertRule({
    alert: 'IsolatorNothingFinishes',
    expr: `${waiting} > 0 unless on (job) sum by (job) (increase(isolator_isolations_total[10m])) > 0`,
    for: '10m',
    severity: 'critical',
    summary: '{{ $value }} findings wait, and no message has come to an outcome for ten minutes.',
    description: 'The workers are stopped, halted, or fail at every finding.',
  }),
  alertRule({
    alert: 'IsolatorQueueNearingRetention',
    expr: `${waiting} > 0`,
    for: '3d',
    severity: 'critical',
    summary: 'The findings queue has not been empty for three days; {{ $value }} findings wait.',
    description:
      'SQS deletes findings after seven days: they would be lost, and their objects stay readable.',
  }),
  alertRule({
    alert: 'IsolatorFindingsParked',
    expr: `${parked} > 0`,
    for: '15m',
    severity: 'warning',
    summary: '{{ $value }} messages are parked.',
    description:
      'Each waits in the dead-letter queue for a person, with its reason. SQS deletes it 14 days after it was sent.',
  }),
  alertRule({
    alert: 'IsolatorParkedNearingRetention',
    expr: `${parked} > 0`,
    for: '10d',
    severity: 'critical',
    summary: '{{ $value }} messages are parked, and the dead-letter queue has not been empty for ten days.',
    description: 'SQS deletes parked messages after 14 days, with their reasons; the records stay.',
  }),
  alertRule({
    alert: 'IsolatorQueueUnknown',
    expr: 'time() - max by (job, queue) (isolator_queue_sampled_timestamp_seconds) > 300',
    for: '2m',
    severity: 'warning',
    summary:
      'How many messages the queue {{ $labels.queue }} holds has not been known for {{ $value | humanizeDuration }}.',
    description:
      'The sample of the queue fails on every worker; panels say unknown, and alerts hold on the last known number.',
  }),
];
