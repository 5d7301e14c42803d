import type { Alert } from '../alert.ts';
import { defang } from './defang.ts';
import type { DigestGroup, DigestSum, IdentifierSum } from './digest.ts';
import { became, whatToDoAbout } from './digest-words.ts';
import { fenceState } from './fence-words.ts';
import { oneLine, printable } from './show-text.ts';

/** How many groups, and identifiers of a group, the texts list. */
const mostGroups = 20;
const mostIdentifiers = 10;
/**
 * How many bytes the listed groups take in e-mail and JSON together. SNS accepts 262,144 bytes, and others choose the
 * names of identifiers. The words and attributes of a digest take less than 100,000 bytes.
 */
const mostBytesListed = 100_000;
/** How many values an attribute of SNS has. Filter policies need severity and outcome, which are few. */
const mostValues = 100;

/** Returns the alert that sums up findings. It names no key, and no bucket in subject and SMS. */
export function digestAlert(
  sum: DigestSum,
  about: { readonly isolationBucket: string; readonly from: Date; readonly to: Date },
): Alert {
  const total = `${sum.findings} ${sum.findings === 1 ? 'finding' : 'findings'}`;
  const ends = [...sum.outcomes].map(([name, count]) => `${count} ${became(name)}`);
  const summary = `${total} summed up: ${ends.join(', ')}`;
  const groups = [...sum.groups.values()].toSorted((one, other) => other.findings - one.findings);
  const listed = firstThatFit(groups.slice(0, mostGroups));
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
      ...[...sum.ends.values()].map(whatToDoAbout),
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

function firstThatFit(groups: readonly DigestGroup[]): readonly DigestGroup[] {
  let bytes = 0;
  const beyond = groups.findIndex((group) => {
    bytes += bytesOf(group);
    return bytes > mostBytesListed;
  });
  return beyond === -1 ? groups : groups.slice(0, beyond);
}

/** The message to SNS is JSON that holds both texts, so each of their backslashes and quotes takes two bytes. */
function bytesOf(group: DigestGroup): number {
  const texts = [groupLines(group).join('\n'), JSON.stringify(groupFacts(group))];
  return Buffer.byteLength(JSON.stringify(texts));
}

function groupLines(group: DigestGroup): string[] {
  const { accountId, bucket, fence, findings, isWithoutFence, outcome, reason, rule } = group;
  const ended = `${became(outcome)}${reason === undefined ? '' : ` (${reason})`}`;
  const fenced = fence && fenceState(fence);
  const state = isWithoutFence ? ', nothing fenced' : fenced === undefined ? '' : `, ${fenced}`;
  const where = `bucket ${shown(bucket ?? 'unknown')}, account ${accountId ?? 'unknown'}`;
  return [
    `${findings} ${ended}${state}: ${where}, rule ${shown(rule)}`,
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
  const { accountId, bucket, fence, findings, outcome, reason, rule } = group;
  return {
    outcome,
    reason,
    fence: fence?.fence,
    contained: fence?.isContained,
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
