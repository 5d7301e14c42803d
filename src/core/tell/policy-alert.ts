import type { Alert } from '../alert.ts';
import { operatorAlert } from './operator-alert.ts';

/** Returns the alert to operators that a changed policy is not in force. There is one alert for each text. */
export function policyRejectedAlert(about: {
  readonly isolationBucket: string;
  readonly accountId: string;
  readonly source: string;
  readonly problem: string;
}): Alert {
  const { accountId, isolationBucket, source } = about;
  const problem = about.problem.slice(0, 4_096);
  return operatorAlert({
    outcome: 'policy_rejected',
    type: 'Operations/PolicyRejected',
    reason: 'policy-rejected',
    severity: 'Medium',
    accountId,
    subject: 'the changed policy is not taken up',
    sms: `the changed policy is not taken up in account ${accountId}. The one before stays in force.`,
    summary: 'The changed policy is not taken up: the one before stays in force',
    lines: [
      `source: ${source}`,
      `isolation bucket: ${isolationBucket}`,
      `account id: ${accountId}`,
      '',
      problem,
      '',
      'Mend it and look at it with `macie-isolator policy check FILE`. Workers read it again every minute.',
    ],
    facts: { isolation_bucket: isolationBucket, source, problem },
  });
}
