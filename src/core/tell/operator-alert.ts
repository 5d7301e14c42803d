import type { Alert } from '../alert.ts';

/** An alert to operators about the service itself. It concerns no finding, so it names none. */
export interface OperatorAlert {
  readonly outcome: string;
  readonly type: string;
  readonly reason: string;
  readonly severity: 'High' | 'Medium';
  readonly accountId: string;
  /** What follows the account in the subject. */
  readonly subject: string;
  readonly sms: string;
  readonly summary: string;
  /** The lines of the e-mail below the summary. */
  readonly lines: readonly string[];
  /** What the JSON holds besides. */
  readonly facts: Readonly<Record<string, unknown>>;
}

export function operatorAlert(about: OperatorAlert): Alert {
  const { accountId: account, facts, lines, outcome, reason, severity, sms, summary, type } = about;
  return {
    subject: `[macie-isolator] ${severity}, account ${account}: ${about.subject}`,
    sms: `macie-isolator: ${sms}`,
    email: [`${summary}.`, '', ...lines].join('\n'),
    json: JSON.stringify({ outcome, reason, summary, severity, account_id: account, ...facts }),
    attributes: { severity, outcome, type, account, rule: 'none' },
  };
}
