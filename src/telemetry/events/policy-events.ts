import { endOf, type Policy } from '../../core/policy/policy.ts';
import type { EventLog } from '../event-log.ts';
import type { Metrics } from '../metrics.ts';

/** When the exceptions of the policy in force end, in seconds, by their names. */
export interface PolicyExceptions {
  ends(): ReadonlyMap<string, number>;
}

/** The events of the policy: it is taken up, rejected, or cannot be read. */
export function createPolicyEvents({ log, isDue }: EventLog, metrics: Metrics) {
  let ends: ReadonlyMap<string, number> = new Map();
  const exceptions: PolicyExceptions = { ends: () => ends };

  const events = {
    policyTakenUp({ document, hash, version }: Policy, source: string) {
      metrics.policyInfo.reset();
      metrics.policyInfo.set({ hash }, 1);
      metrics.policyValid.set(1);
      metrics.policyExceptionEnds.reset();
      ends = new Map(
        (document.never ?? []).flatMap(({ name, until }) =>
          until === undefined ? [] : [[name, endOf({ until }) / 1000] as const],
        ),
      );
      for (const [exception, at] of ends) metrics.policyExceptionEnds.set({ exception }, at);
      log(
        'info',
        'policy_taken_up',
        { policy: hash, source, policyVersion: version, rules: document.rules.length },
        'policy taken up',
      );
    },
    policyRejected(problem: string) {
      metrics.policyValid.set(0);
      log('error', 'policy_rejected', { problem }, 'the policy is not taken up');
    },
    policyUnreadable(problem: string) {
      metrics.policyValid.set(0);
      if (isDue('policy_unreadable'))
        log('warn', 'policy_unreadable', { problem }, 'the policy cannot be read');
    },
    policyReadableAgain() {
      metrics.policyValid.set(1);
      log('info', 'policy_readable_again', {}, 'the policy can be read again, and has not changed');
    },
  };
  return { events, exceptions };
}
