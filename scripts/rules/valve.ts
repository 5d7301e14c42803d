import { type AlertRule, alertRule } from './rule.ts';
import { workersThere } from './workers.ts';

const spent = 'sum by (job) (isolator_budget_spent) > 0';

/** Pause and budget, by which people and the workers themselves stop the fleet. */
export const valveAlerts: readonly AlertRule[] = [
  alertRule({
    alert: 'IsolatorPaused',
    expr: `sum by (job) (isolator_paused) > 0 unless on (job) ${spent}`,
    for: '1m',
    severity: 'critical',
    summary: `The service is paused: {{ $value }} of ${workersThere} workers receive nothing.`,
    description:
      'A person paused it, or nobody knows whether it is paused; flagged objects can be read meanwhile.',
  }),
  alertRule({
    alert: 'IsolatorBudgetSpent',
    expr: spent,
    for: '1m',
    severity: 'critical',
    summary: `The budget of the hour is spent: {{ $value }} of ${workersThere} workers isolate nothing until a person resumes.`,
    description:
      'More findings came within an hour than the service may isolate. Either many objects were flagged, or somebody forges findings.',
  }),
  alertRule({
    alert: 'IsolatorBudgetRunsLow',
    // A paused service says so by another alert.
    expr: 'min by (job) (isolator_budget_remaining) < 0.2 * max by (job) (isolator_budget) unless on (job) sum by (job) (isolator_paused) > 0',
    severity: 'warning',
    summary: 'Only {{ $value }} isolations are left of the budget of this hour.',
    description: 'When it is spent the service pauses itself, and a person has to resume it.',
  }),
  alertRule({
    alert: 'IsolatorValveUnread',
    // A worker that has never read them is paused, and says so by another alert.
    expr: 'time() - min by (job) (isolator_last_valve_read_timestamp_seconds > 0) > 300',
    severity: 'warning',
    summary: 'A worker has not read pause and budget for {{ $value | humanizeDuration }}.',
    description: 'It goes on as it last knew; a pause that is written now does not reach it.',
    dashboard: 'worker',
  }),
];
