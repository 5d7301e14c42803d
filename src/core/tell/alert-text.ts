import type { Alert } from '../alert.ts';
import { alertFacts } from './alert-facts.ts';
import type { AlertInput } from './alert-input.ts';
import { inShort } from './alert-words.ts';
import { emailText } from './email-text.ts';
import { printable } from './show-text.ts';

export function alertFor(input: AlertInput): Alert {
  const { finding, outcome, decision } = input;
  const severity = finding?.severity ?? 'None';
  const account = finding?.object?.accountId;
  const type = finding?.type;
  const known = [
    type && `${severity} ${type.split('/').at(-1)}`,
    account !== undefined && `account ${account}`,
  ].filter((part) => typeof part === 'string');
  const facts = alertFacts(input);
  const about = finding === undefined ? `message ${input.messageId}` : `finding ${finding.id}`;
  const of = known.length > 0 ? `${known.join(', ')}: ` : '';
  return {
    subject: printable(`[macie-isolator] ${of}${inShort(input)}`, 99),
    sms: printable(`macie-isolator: ${facts.summary}. ${[...known, about].join(', ')}`, 140),
    email: emailText(input, facts),
    json: JSON.stringify(facts),
    messageId: input.messageId,
    ...(decision?.alertTopic !== undefined && { topic: decision.alertTopic }),
    attributes: {
      severity,
      outcome: outcome.name,
      type: type ?? 'unknown',
      account: account ?? 'unknown',
      rule: printable(decision?.rule ?? 'none', 128),
    },
  };
}
