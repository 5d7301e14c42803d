import type { Alert } from '../alert.ts';

/** Returns the alert to operators about a halt. A halt concerns no finding, so the alert names none. */
export function isolationFaultAlert(about: {
  readonly isolationBucket: string;
  readonly accountId: string;
  /** The error code of AWS. */
  readonly code: string;
  readonly refusedBy: 'isolation-side' | 'macie';
}): Alert {
  const isMacie = about.refusedBy === 'macie';
  const summary = isMacie
    ? 'Nothing can be isolated: Macie refuses to confirm findings'
    : 'Nothing can be isolated: the isolation bucket, its key or the role refuses';
  const probed = isMacie ? 'asks Macie' : 'probes the bucket';
  const advice = `Flagged data stays EXPOSED until this is mended. Findings wait in the queue; the worker ${probed} once a minute and goes on by itself.`;
  const account = about.accountId;
  return {
    subject: `[macie-isolator] High, account ${account}: nothing can be isolated`,
    sms: `macie-isolator: nothing can be isolated, account ${account}. Flagged data stays exposed until this is mended.`,
    email: [
      `${summary}.`,
      '',
      `isolation bucket: ${about.isolationBucket}`,
      `account id: ${account}`,
      `error: ${about.code}`,
      '',
      advice,
    ].join('\n'),
    json: JSON.stringify({
      outcome: 'isolation_fault',
      reason: about.code,
      refused_by: about.refusedBy,
      summary,
      severity: 'High',
      account_id: account,
      isolation_bucket: about.isolationBucket,
    }),
    attributes: {
      severity: 'High',
      outcome: 'isolation_fault',
      type: 'Operations/IsolationFault',
      account,
      rule: 'none',
    },
  };
}
