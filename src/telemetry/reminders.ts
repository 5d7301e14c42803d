import type { EventLog } from './event-log.ts';
import type { PolicyExceptions } from './events/policy-events.ts';
import type { UnfinishedFindings } from './unfinished.ts';

const hourMs = 3_600_000;
/** The objective: a younger finding needs no line. */
const objectiveSeconds = 300;
/** From this age on a High finding is an alert that calls somebody. */
const criticalSeconds = 600;
const warnedBeforeSeconds = 7 * 86_400;

/**
 * Says again what stands, for those who read the log and not the metrics: findings that do not end, and
 * exceptions of the policy that end soon. An alarm of CloudWatch stands as long as such lines come.
 */
export function createReminders(
  { log }: EventLog,
  now: () => Date,
  unfinished: UnfinishedFindings,
  exceptions: PolicyExceptions,
) {
  let exceptionsSaidMs = Number.NEGATIVE_INFINITY;

  const remindOfUnfinished = (seconds: number): void => {
    for (const [severity, createdAt] of unfinished.count().oldest) {
      const ageSeconds = Math.round(seconds - createdAt);
      if (ageSeconds < objectiveSeconds) continue;
      const level = severity === 'High' && ageSeconds >= criticalSeconds ? 'error' : 'warn';
      log(level, 'finding_unfinished', { severity, ageSeconds }, 'a finding is not done');
    }
  };
  const remindOfExceptions = (seconds: number): void => {
    const atMs = now().getTime();
    // A clock that was set back must not hold the line back until it has caught up.
    if (atMs >= exceptionsSaidMs && atMs - exceptionsSaidMs < hourMs) return;
    exceptionsSaidMs = atMs;
    for (const [exception, endsAt] of exceptions.ends()) {
      const endsInSeconds = Math.round(endsAt - seconds);
      if (endsInSeconds <= 0 || endsInSeconds > warnedBeforeSeconds) continue;
      log('warn', 'policy_exception_ends', { exception, endsInSeconds }, 'an exception ends soon');
    }
  };

  return {
    /** Called once a minute. */
    remind() {
      const seconds = now().getTime() / 1000;
      remindOfUnfinished(seconds);
      remindOfExceptions(seconds);
    },
  };
}
