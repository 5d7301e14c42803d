import type { Alert } from '../alert.ts';

/** Returns the alert to operators that a changed policy is not in force. There is one alert for each text. */
export function policyRejectedAlert(about: {
  readonly isolationBucket: string;
  readonly accountId: string;
  readonly source: string;
  readonly problem: string;
}): Alert {
  const { accountId: account, isolationBucket, problem, source } = about;
  const summary = 'The changed policy is not taken up: the one before stays in force';
  return {
    subject: `[macie-isolator] Medium, account ${account}: the changed policy is not taken up`,
    sms: `macie-isolator: the changed policy is not taken up in account ${account}. The one before stays in force.`,
    email: [
      `${summary}.`,
      '',
      `source: ${source}`,
      `isolation bucket: ${isolationBucket}`,
      `account id: ${account}`,
      '',
      problem.slice(0, 4_096),
      '',
      'Mend it and look at it with `macie-isolator policy check FILE`. Workers read it again every minute.',
    ].join('\n'),
    json: JSON.stringify({
      outcome: 'policy_rejected',
      reason: 'policy-rejected',
      summary,
      severity: 'Medium',
      account_id: account,
      isolation_bucket: isolationBucket,
      source,
      problem: problem.slice(0, 4_096),
    }),
    attributes: {
      severity: 'Medium',
      outcome: 'policy_rejected',
      type: 'Operations/PolicyRejected',
      account,
      rule: 'none',
    },
  };
}
