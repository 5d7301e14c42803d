import type { Readable } from '../../src/core/outcome.ts';
import { missedReasons, parkedMisses } from '../outcome-selectors.ts';
import { type AlertRule, alertRule } from './rule.ts';

const keptSeries = (metric: string, readable: Readable) =>
  `sum by (job, outcome, reason) (increase(${metric}{outcome=~"${parkedMisses}",reason=~"${missedReasons(readable)}"}[1h]))`;

/** But for what a proved fence contains. Workers of earlier versions do not have its series. */
const kept = (readable: Readable) => {
  const all = keptSeries('isolator_isolations_total', readable);
  return `${all} - (${keptSeries('isolator_contained_total', readable)} or 0 * ${all}) > 0`;
};
const roughly = '{{ $value | printf "%.0f" }}';

/** Bridges the moment between the end of a back-off and the next receive. */
const oldest = (severity: string) =>
  `time() - min by (job) (min_over_time(isolator_oldest_unfinished_finding_timestamp_seconds{severity${severity}}[3m]))`;

export const findingAlerts: readonly AlertRule[] = [
  alertRule({
    alert: 'IsolatorFindingUnfinished',
    expr: `${oldest('="High"')} > 600`,
    for: '5m',
    severity: 'critical',
    summary: 'A High finding is {{ $value | humanizeDuration }} old and is not done.',
    description: 'A worker has it in work, or failed and tries it again. Its object can be read until then.',
  }),
  alertRule({
    alert: 'IsolatorFindingUnfinishedLong',
    expr: `${oldest('!="High"')} > 14400`,
    for: '5m',
    severity: 'warning',
    summary: 'A finding below High is {{ $value | humanizeDuration }} old and is not done.',
    description: 'A worker has it in work, or failed and tries it again.',
  }),
  alertRule({
    alert: 'IsolatorFindingRetried',
    // Back-off is an hour at most, so what comes round is seen in two hours.
    expr: 'sum by (job) (increase(isolator_message_receives_count[2h])) - sum by (job) (increase(isolator_message_receives_bucket{le=~"5(\\\\.0)?"}[2h])) > 0.5',
    severity: 'warning',
    summary: `Messages were received more than five times, ${roughly} such receives within two hours.`,
    description: 'Findings fail again and again. They are parked at the twentieth receive, after half a day.',
  }),
  alertRule({
    alert: 'IsolatorStillExposed',
    expr: kept('yes'),
    severity: 'critical',
    summary: `Sensitive data is still readable: ${roughly} within an hour, {{ $labels.outcome }} ({{ $labels.reason }}).`,
    description: 'The findings are parked and are not tried again by themselves.',
  }),
  alertRule({
    alert: 'IsolatorNotIsolated',
    expr: kept('unknown'),
    severity: 'critical',
    summary: `Nobody knows whether sensitive data is still readable: ${roughly} within an hour, {{ $labels.outcome }} ({{ $labels.reason }}).`,
    description: 'The findings are parked and are not tried again by themselves.',
  }),
  alertRule({
    alert: 'IsolatorFindingsHeld',
    expr: 'sum by (job, why) (increase(isolator_findings_held_total[1h])) > 0',
    severity: 'warning',
    summary: `${roughly} findings were held within an hour ({{ $labels.why }}): their data is still readable.`,
    description:
      'More findings of a rule or of a bucket came than its limit allows. They are not tried again by themselves.',
  }),
  alertRule({
    alert: 'IsolatorFenceOpen',
    expr: 'sum by (job, result) (increase(isolator_fences_total{result=~"open|no-room"}[1h])) > 0',
    severity: 'warning',
    summary: `Tries to fence an object that failed within an hour: ${roughly} ({{ $labels.result }}). Such an object is still readable.`,
    description:
      'S3 refused the tag of the fence, nobody could learn whether it is there, or the object has ten other tags. What became of the finding is another alert.',
  }),
  alertRule({
    alert: 'IsolatorFenceUnproved',
    expr: 'sum by (job) (increase(isolator_fences_total{result="tagged"}[1h])) > 0',
    severity: 'warning',
    summary: `${roughly} objects got the tag of the fence within an hour, and nobody has proved that it denies reading.`,
    description: 'The fence of their bucket was not checked within two days, or the check failed.',
  }),
  alertRule({
    alert: 'IsolatorFenceHitOther',
    expr: 'sum by (job) (increase(isolator_fences_total{result="hit-other"}[1h])) > 0',
    severity: 'warning',
    summary: `The tag of the fence hit ${roughly} objects within an hour that nobody flagged, and was taken away.`,
    description:
      'They were put in place of flagged objects at that moment, in a bucket without versioning. They have the tags of the flagged objects now.',
  }),
  alertRule({
    alert: 'IsolatorVerificationFailed',
    expr: 'sum by (job) (increase(isolator_isolations_total{reason=~"verification-failed|copy-unverified"}[1h])) > 0',
    severity: 'critical',
    summary: `${roughly} copies did not verify within an hour.`,
    description: 'The source was not touched, or it was gone before there was a verified copy.',
  }),
  // The gauge dies with its worker, so the last of seven days; 0 is a worker that has seen none. Silent where no sample
  // was ever seen, since then there is no heartbeat.
  alertRule({
    alert: 'IsolatorHeartbeatMissing',
    expr: 'time() - max by (job) (max_over_time(isolator_last_sample_finding_timestamp_seconds[7d]) > 0) > 93600',
    for: '15m',
    severity: 'critical',
    summary: 'No sample finding has come through for {{ $value | humanizeDuration }}.',
    description:
      'The heartbeat asks Macie for one every twelve hours. Findings may not reach the worker either.',
  }),
];
