import type { LogEventName } from '../src/telemetry/log-events.ts';

interface LogQuerySpec {
  readonly finds: string;
  readonly events: readonly LogEventName[];
  readonly shows: readonly string[];
}

/** What the panels of the dashboards link to, by the name of its section in docs/logs.md. */
export const logQueries = {
  isolations: {
    finds: 'What became of each finding, with the object, the reason, and whether people were told.',
    events: ['finding_handled'],
    shows: ['findingId', 'severity', 'outcome', 'reason', 'bucket', 'key', 'alert'],
  },
  failures: {
    finds: 'What failed and is tried again, with the code of the failure.',
    events: ['handling_failed', 'settling_failed', 'visibility_not_extended', 'aws_request_failed'],
    shows: ['findingId', 'attempt', 'code', 'operation', 'retryInSeconds', 'bucket', 'key'],
  },
  alerts: {
    finds:
      'Whether people were told: `alert` is `failed` where an alert was given up, and `code` is `AlertFailed` where a try failed.',
    events: ['finding_handled', 'handling_failed', 'digest_sent', 'digest_given_up'],
    shows: ['findingId', 'severity', 'outcome', 'alert', 'code', 'attempt', 'findingIds'],
  },
  queue: {
    finds: 'When the queues could not be polled or asked.',
    events: ['poll_failed', 'poll_recovered', 'queue_not_sampled'],
    shows: ['queue', 'code'],
  },
  halts: {
    finds: 'When and why the isolation side refused.',
    events: ['isolation_refused', 'isolation_probe_failed', 'isolation_allowed', 'isolation_bucket_unusable'],
    shows: ['code'],
  },
  pauses: {
    finds: 'When the service was paused, by whom and why, and when it went on.',
    events: ['paused', 'still_paused', 'resumed', 'budget_low', 'valve_unreadable'],
    shows: ['by', 'reason', 'since', 'remaining', 'budget'],
  },
  policy: {
    finds: 'Which policy was taken up, which was not and why, and which exceptions end.',
    events: ['policy_taken_up', 'policy_rejected', 'policy_unreadable', 'policy_exception_ends'],
    shows: ['policy', 'source', 'problem', 'exception', 'endsInSeconds'],
  },
  starts: {
    finds: 'When workers started, were ready, and ended.',
    events: ['started', 'readiness_changed', 'shutting_down', 'stopped', 'log_lines_dropped'],
    shows: ['version', 'ready', 'failing', 'cause', 'count'],
  },
} as const satisfies Record<string, LogQuerySpec>;

export type LogQuery = keyof typeof logQueries;

/** A section of docs/logs.md for each: in CloudWatch Logs Insights, and with `docker compose`. */
export function logQuerySections(): string {
  const sections = Object.entries<LogQuerySpec>(logQueries).map(([name, { finds, events, shows }]) => {
    const list = events.map((event) => `"${event}"`).join(', ');
    return [
      `### ${name}`,
      finds,
      `\`\`\`\nfields @timestamp, event, ${shows.join(', ')}\n| filter event in [${list}]\n| sort @timestamp desc\n\`\`\``,
      `\`\`\`console\n$ docker compose logs --no-log-prefix worker | grep -E '"event":"(${events.join('|')})"'\n\`\`\``,
    ].join('\n\n');
  });
  return sections.join('\n\n');
}
