import { type AlertRule, alertRule, type Duration, type RecordingRule } from './rule.ts';

const windows = ['5m', '30m', '1h', '2h', '6h', '1d', '3d', '30d'] as const satisfies readonly Duration[];
type Window = (typeof windows)[number];

/** What is recorded for each window. Prometheus 3 writes the bucket 300 as 300.0. */
export const objectiveRecords: readonly RecordingRule[] = windows.flatMap((window) => {
  const misses = `sum by (job) (increase(isolator_findings_not_isolated_total{severity="High"}[${window}]))`;
  const inTime = `sum by (job) (increase(isolator_finding_to_isolation_seconds_bucket{severity="High",le=~"300(\\\\.0)?"}[${window}]))`;
  return [
    { record: recorded('findings', window), expr: `${inTime} + ${misses}` },
    { record: recorded('misses', window), expr: misses },
  ];
});

export const burnAlerts: readonly AlertRule[] = [
  alertRule({
    alert: 'IsolatorObjectiveBurnsFast',
    expr: `(${burns('1h', '5m', '14.4')}) or (${burns('6h', '30m', '6')})`,
    for: '2m',
    severity: 'critical',
    summary:
      '{{ $value | humanizePercentage }} of the High findings were late or not isolated; 1 % is the objective.',
    description: 'At this rate the error budget of 30 days is spent within five days or less.',
  }),
  alertRule({
    alert: 'IsolatorObjectiveBurnsSlowly',
    expr: `(${burns('1d', '2h', '3')}) or (${burns('3d', '6h', '1')})`,
    for: '15m',
    severity: 'warning',
    summary:
      '{{ $value | humanizePercentage }} of the High findings were late or not isolated; 1 % is the objective.',
    description: 'At this rate the error budget does not last for 30 days.',
  }),
];

function recorded(what: 'findings' | 'misses', window: Window): string {
  return `job:isolator_objective_${what}:increase${window}`;
}

/** The long window says that it matters, the short one that it still goes on. Below five misses nobody is woken. */
function burns(long: Window, short: Window, speed: string): string {
  const share = (window: Window) => `${recorded('misses', window)} / ${recorded('findings', window)}`;
  return `${share(long)} > ${speed} * 0.01 and ${share(short)} > ${speed} * 0.01 and ${recorded('misses', long)} > 4.5`;
}
