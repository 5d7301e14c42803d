import type { DigestEntry } from '../alert-topic.ts';
import { requestIdPattern } from '../evidence/requests.ts';
import type { Detection, Severity } from '../finding.ts';
import { type FoldedName, reasonText } from '../outcome.ts';
import type { DigestEnd } from './digest-words.ts';

/** The findings of one outcome, state of the fence, rule and bucket. */
export interface DigestGroup extends DigestEnd {
  readonly reason?: string;
  readonly rule: string;
  readonly bucket?: string;
  readonly accountId?: string;
  findings: number;
  /** By kind and name. */
  readonly identifiers: Map<string, IdentifierSum>;
}

export interface IdentifierSum {
  readonly kind: Detection['kind'];
  readonly name: string;
  findings: number;
  /** Absent if a finding does not say how often. */
  count?: number;
}

/** The findings that one digest sums up. Its size is bounded, however many they are. */
export interface DigestSum {
  readonly topic?: string;
  findings: number;
  readonly outcomes: Map<FoldedName, number>;
  /** The outcomes with the states of their fences, also of findings whose group is not listed. */
  readonly ends: Map<string, DigestEnd>;
  readonly severities: Set<Severity | 'None'>;
  readonly types: Set<string>;
  readonly groups: Map<string, DigestGroup>;
  /** Findings of groups that are not listed, because there are too many. */
  elsewhere: number;
}

/** How many groups, and identifiers of a group, a digest keeps apart. */
const most = 100;

export function addToDigest(earlier: DigestSum | undefined, entry: DigestEntry): DigestSum {
  const { fence, finding, isWithoutFence, outcome } = entry;
  const sum = earlier ?? emptySum(entry.topic);
  sum.findings++;
  sum.outcomes.set(outcome.name, (sum.outcomes.get(outcome.name) ?? 0) + 1);
  // Only for what was held a person does something else about a request.
  const isRequest = outcome.name === 'held' && requestIdPattern.test(finding.id);
  const end: DigestEnd = {
    outcome: outcome.name,
    ...(fence && { fence }),
    ...(isRequest && { isRequest }),
    ...(isWithoutFence && { isWithoutFence }),
  };
  sum.ends.set(endKey(end), end);
  sum.severities.add(finding.severity ?? 'None');
  if (sum.types.size < most) sum.types.add(finding.type ?? 'unknown');
  const group = groupFor(sum, entry, end);
  if (group === undefined) {
    sum.elsewhere++;
    return sum;
  }
  group.findings++;
  for (const detection of finding.detections ?? []) addIdentifier(group, detection);
  return sum;
}

function emptySum(topic: string | undefined): DigestSum {
  return {
    ...(topic !== undefined && { topic }),
    findings: 0,
    outcomes: new Map(),
    ends: new Map(),
    severities: new Set(),
    types: new Set(),
    groups: new Map(),
    elsewhere: 0,
  };
}

function endKey({ fence, isRequest, isWithoutFence, outcome }: DigestEnd): string {
  return JSON.stringify([outcome, fence?.fence, fence?.isContained, isRequest, isWithoutFence]);
}

function groupFor(
  { groups }: DigestSum,
  { finding, outcome, rule }: DigestEntry,
  end: DigestEnd,
): DigestGroup | undefined {
  const { accountId, bucket } = finding.object ?? {};
  const reason = reasonText(outcome);
  const key = JSON.stringify([endKey(end), reason, rule, accountId, bucket]);
  const known = groups.get(key);
  if (known !== undefined || groups.size >= most) return known;
  const group: DigestGroup = {
    ...end,
    rule,
    findings: 0,
    identifiers: new Map(),
    ...(reason !== undefined && { reason }),
    ...(bucket !== undefined && { bucket }),
    ...(accountId !== undefined && { accountId }),
  };
  groups.set(key, group);
  return group;
}

function addIdentifier({ identifiers }: DigestGroup, { count, kind, name }: Detection): void {
  const key = `${kind}:${name}`;
  const known = identifiers.get(key);
  if (known === undefined) {
    if (identifiers.size < most)
      identifiers.set(key, { kind, name, findings: 1, ...(count !== undefined && { count }) });
    return;
  }
  known.findings++;
  if (count === undefined || known.count === undefined) delete known.count;
  else known.count += count;
}
