import type { Alert } from '../alert.ts';
import { operatorAlert } from './operator-alert.ts';

/** Returns the alert to operators about a halt. */
export function isolationFaultAlert(about: {
  readonly isolationBucket: string;
  readonly accountId: string;
  /** The error code of AWS. */
  readonly code: string;
  readonly refusedBy: 'isolation-side' | 'macie';
}): Alert {
  const { accountId, code, isolationBucket, refusedBy } = about;
  const isMacie = refusedBy === 'macie';
  const probed = isMacie ? 'asks Macie' : 'probes the bucket';
  return operatorAlert({
    outcome: 'isolation_fault',
    type: 'Operations/IsolationFault',
    reason: code,
    severity: 'High',
    accountId,
    subject: 'nothing can be isolated',
    sms: `nothing can be isolated, account ${accountId}. Flagged data stays exposed until this is mended.`,
    summary: isMacie
      ? 'Nothing can be isolated: Macie refuses to confirm findings'
      : 'Nothing can be isolated: the isolation bucket, its key or the role refuses',
    lines: [
      `isolation bucket: ${isolationBucket}`,
      `account id: ${accountId}`,
      `error: ${code}`,
      '',
      `Flagged data stays EXPOSED until this is mended. Findings wait in the queue; the worker ${probed} once a minute and goes on by itself.`,
    ],
    facts: { refused_by: refusedBy, isolation_bucket: isolationBucket },
  });
}
