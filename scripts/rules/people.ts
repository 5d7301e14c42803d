import { type AlertRule, alertRule } from './rule.ts';

const alerts = (result: string, window: string) =>
  `sum by (job) (increase(isolator_alerts_total{result="${result}"}[${window}]))`;
const events = (result: string, window: string) =>
  `sum by (job) (increase(isolator_outcome_events_total{result="${result}"}[${window}]))`;
const roughly = '{{ $value | printf "%.0f" }}';

export const peopleAlerts: readonly AlertRule[] = [
  alertRule({
    alert: 'IsolatorPeopleNotTold',
    expr: `${alerts('failed', '1d')} > 0`,
    severity: 'critical',
    summary: `${roughly} alerts were given up within a day: nobody was told of these findings.`,
    description:
      'The log lists them: filter event = "finding_handled" and alert = "failed", or event = "digest_given_up" for held findings. So do the records: alert_result = failed, but not those of a digest.',
  }),
  alertRule({
    alert: 'IsolatorAlertsNotSent',
    expr: `${alerts('try-failed', '15m')} > 0 unless on (job) ${alerts('sent', '15m')} > 0`,
    for: '5m',
    severity: 'warning',
    summary: `No alert gets through: ${roughly} tries failed within 15 minutes, and none went well.`,
    description: 'A finding is told again at its next receive. After five receives its alert is given up.',
  }),
  alertRule({
    alert: 'IsolatorEventsNotSent',
    expr: `${events('failed', '1d')} > 0 or on (job) (${events('try-failed', '15m')} > 0 unless on (job) ${events('sent', '15m')} > 0)`,
    for: '5m',
    severity: 'warning',
    summary: `No event gets through to the outcome bus, or messages were parked without: ${roughly}.`,
    description:
      'Objects are isolated, recorded and told all the same. A message comes again until its event is sent, and is parked at its last receive.',
  }),
  // For a dead man's switch outside: whatever expects this alert calls somebody when it stops.
  alertRule({
    alert: 'IsolatorWatchdog',
    expr: 'vector(1)',
    severity: 'none',
    labels: { job: 'macie-isolator' },
    summary: 'Prometheus evaluates the rules of macie-isolator, and its alerts arrive.',
    description: 'It always fires. Whoever gets it calls for a person when it stops.',
  }),
];
