import type { Alert } from '../alert.ts';
import type { FoldedName } from '../outcome.ts';
import { defang } from './defang.ts';
import type { DigestGroup, DigestSum, IdentifierSum } from './digest.ts';
import { oneLine, printable } from './show-text.ts';

/** How many groups, and identifiers of a group, the texts list. */
const mostGroups = 20;
const mostIdentifiers = 10;
/** How many values an attribute of SNS has. Filter policies need severity and outcome, which are few. */
const mostValues = 100;

/** For each outcome a word for the end of the objects, and a sentence that says what a person does about it. */
const words: Readonly<Record<FoldedName, { readonly became: string; readonly todo: string }>> = {
  isolated: {
    became: 'isolated',
    todo: 'Isolated: the data can no longer be read. Nothing has to be done; put back what was no personal data with `macie-isolator release <finding id>`.',
  },
  dry_run: { became: 'rehearsed', todo: 'Rehearsed in a dry run: nothing was touched.' },
  alerted: {
    became: 'kept by policy',
    todo: 'Kept: the policy leaves these objects where they are. Decide whether they may stay.',
  },
  changed: {
    became: 'changed',
    todo: 'Changed: what Macie flagged is no longer there. If what lies there now matters, let Macie scan it.',
  },
  gone: {
    became: 'gone',
    todo: 'Gone: somebody removed the objects before they could be isolated. Ask their owner where the data went.',
  },
  held: {
    became: 'held by a limit',
    todo: 'Held: the data is STILL EXPOSED. Nothing was done to these objects, and their findings are not tried again by themselves. If the rule is right, send them again with `macie-isolator reconcile --send-held`.',
  },
};

/** Returns the alert that sums up findings. It names no key, and no bucket in subject and SMS. */
export function digestAlert(
  sum: DigestSum,
  about: { readonly isolationBucket: string; readonly from: Date; readonly to: Date },
): Alert {
  const total = `${sum.findings} ${sum.findings === 1 ? 'finding' : 'findings'}`;
  const ends = [...sum.outcomes].map(([name, count]) => `${count} ${words[name].became}`);
  const summary = `${total} summed up: ${ends.join(', ')}`;
  const groups = [...sum.groups.values()].toSorted((one, other) => other.findings - one.findings);
  const listed = groups.slice(0, mostGroups);
  const unlisted = sum.findings - listed.reduce((count, group) => count + group.findings, 0);
  return {
    subject: printable(`[macie-isolator] ${summary}`, 99),
    sms: printable(`macie-isolator: ${summary}.`, 140),
    email: [
      `${summary}.`,
      '',
      ...listed.flatMap(groupLines),
      ...(unlisted > 0 ? [`and ${unlisted} findings more`] : []),
      '',
      `from: ${about.from.toISOString()}`,
      `to: ${about.to.toISOString()}`,
      `isolation bucket: ${about.isolationBucket}`,
      '',
      ...[...sum.outcomes.keys()].map((name) => words[name].todo),
      'Each finding with its id: `macie-isolator list --alert folded`.',
    ].join('\n'),
    json: JSON.stringify({
      outcome: 'digest',
      summary,
      findings: sum.findings,
      outcomes: Object.fromEntries(sum.outcomes),
      from: about.from.toISOString(),
      to: about.to.toISOString(),
      isolation_bucket: about.isolationBucket,
      groups: listed.map(groupFacts),
      findings_unlisted: unlisted,
    }),
    ...(sum.topic !== undefined && { topic: sum.topic }),
    attributes: {
      severity: [...sum.severities],
      outcome: [...sum.outcomes.keys()],
      type: [...sum.types],
      account: values(groups, ({ accountId = 'unknown' }) => accountId),
      rule: values(groups, ({ rule }) => printable(rule, 128)),
    },
  };
}

function groupLines(group: DigestGroup): string[] {
  const { accountId, bucket, findings, outcome, reason, rule } = group;
  const where = `bucket ${shown(bucket ?? 'unknown')}, account ${accountId ?? 'unknown'}`;
  return [
    `${findings} ${words[outcome].became}${reason === undefined ? '' : ` (${reason})`}: ${where}, rule ${shown(rule)}`,
    ...identifiersOf(group).map((each) => `    ${identifierText(each)}`),
  ];
}

function identifierText({ count, findings, kind, name }: IdentifierSum): string {
  return `${kind} ${shown(name)}: ${count ?? 'unknown'} in ${findings} ${findings === 1 ? 'finding' : 'findings'}`;
}

function identifiersOf({ identifiers }: DigestGroup): readonly IdentifierSum[] {
  return [...identifiers.values()]
    .toSorted((one, other) => other.findings - one.findings)
    .slice(0, mostIdentifiers);
}

function groupFacts(group: DigestGroup) {
  const { accountId, bucket, findings, outcome, reason, rule } = group;
  return {
    outcome,
    reason,
    rule,
    account_id: accountId,
    bucket,
    findings,
    identifiers: identifiersOf(group).map(({ count, ...rest }) => ({ ...rest, count: count ?? 'unknown' })),
  };
}

function values(groups: readonly DigestGroup[], of: (group: DigestGroup) => string): readonly string[] {
  return [...new Set(groups.map(of))].slice(0, mostValues);
}

/** Names are chosen by others. */
function shown(name: string): string {
  return defang(oneLine(name));
}
