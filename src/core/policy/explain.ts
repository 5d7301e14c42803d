import type { Detection, Finding, ObjectTag } from '../finding.ts';
import { conditionsOf } from './conditions.ts';
import { type Circumstances, type Decision, endOf, type Policy } from './policy.ts';
import type { Subject } from './subject.ts';
import { isUnknown } from './truth.ts';
import type { When } from './when-schema.ts';

/** How one rule, or one entry of `never`, sees a finding. */
export interface EntryExplanation {
  readonly block: 'never' | 'rules';
  readonly name: string;
  /** `ended`: the last day of the entry is over. */
  readonly result: 'holds' | 'fails' | 'unknown' | 'ended';
  /** The first condition that does not hold, what it asks for, and what the finding says. */
  readonly because?: { readonly condition: string; readonly wanted: string; readonly seen: string };
}

export interface Explanation {
  readonly decision: Decision;
  readonly entries: readonly EntryExplanation[];
}

/** Explains a decision: for every rule and every entry of `never`, whether it holds and why not. */
export function explain(policy: Policy, finding: Finding, circumstances: Circumstances): Explanation {
  const subject: Subject = { finding, origin: circumstances.origin ?? 'eventbridge' };
  const { never = [], rules } = policy.document;
  return {
    decision: policy.decide(finding, circumstances),
    entries: [
      ...never.map((entry) => {
        const hasEnded = circumstances.at.getTime() >= endOf(entry);
        const { name } = entry;
        return hasEnded
          ? ({ block: 'never', name, result: 'ended' } as const)
          : ({ block: 'never', name, ...judged(entry.when, subject) } as const);
      }),
      ...rules.map(({ name, when }) => ({ block: 'rules' as const, name, ...judged(when, subject) })),
    ],
  };
}

function judged(when: When, subject: Subject): Pick<EntryExplanation, 'result' | 'because'> {
  const conditions = conditionsOf(when).map(({ holds, name }) => ({ name, truth: holds(subject) }));
  const failed = conditions.find(({ truth }) => truth === false);
  const unknown = conditions.find(({ truth }) => isUnknown(truth));
  const first = failed ?? unknown;
  if (first === undefined) return { result: 'holds' };
  const name = first.name as keyof When;
  return {
    result: failed ? 'fails' : 'unknown',
    because: { condition: name, wanted: JSON.stringify(when[name]), seen: seenBy(name, when, subject) },
  };
}

/** The values of a finding that a condition reads, as text. */
function seenBy(condition: keyof When, when: When, subject: Subject): string {
  if (condition === 'not') return seenByAll(when.not ?? {}, subject);
  if (condition === 'anyOf') return (when.anyOf ?? []).map((each) => seenByAll(each, subject)).join('; ');
  const value = values[condition](subject);
  return value === undefined ? 'not in the finding' : JSON.stringify(value);
}

function seenByAll(when: When, subject: Subject): string {
  return conditionsOf(when)
    .map(({ name }) => `${name}: ${seenBy(name as keyof When, when, subject)}`)
    .join(', ');
}

const values: Readonly<Record<Exclude<keyof When, 'not' | 'anyOf'>, (subject: Subject) => unknown>> = {
  severity: ({ finding }) => finding.severity,
  minSeverity: ({ finding }) => finding.severity,
  type: ({ finding }) => finding.type,
  category: ({ finding }) => finding.traits?.categories,
  storageClass: ({ finding }) => finding.traits?.storageClass,
  discovery: ({ finding }) => finding.traits?.discovery,
  encryption: ({ finding }) => finding.traits?.encryption,
  account: ({ finding }) => finding.object.accountId,
  region: ({ finding }) => finding.object.region,
  jobId: ({ finding }) => finding.traits?.jobId,
  bucket: ({ finding }) => finding.object.bucket,
  key: ({ finding }) => finding.object.key,
  extension: ({ finding }) => finding.traits?.extension ?? finding.object.key,
  minSize: ({ finding }) => finding.object.sizeBytes,
  maxSize: ({ finding }) => finding.object.sizeBytes,
  publicAccess: ({ finding }) => finding.traits?.publicAccess,
  partial: ({ finding }) => finding.traits?.partial,
  customDataIdentifier: ({ finding }) => identifiers(finding, 'custom'),
  managedDataIdentifier: ({ finding }) => identifiers(finding, 'managed'),
  minCount: ({ finding }) => ({ ...identifiers(finding, 'managed'), ...identifiers(finding, 'custom') }),
  objectTag: ({ finding }) => tags(finding.traits?.objectTags),
  bucketTag: ({ finding }) => tags(finding.traits?.bucketTags),
  origin: ({ origin }) => origin,
};

function identifiers({ detections }: Finding, kind: Detection['kind']): Record<string, number | 'unknown'> {
  const found = detections.filter((detection) => detection.kind === kind);
  return Object.fromEntries(found.map(({ count, name }) => [name, count ?? 'unknown']));
}

function tags(all: readonly ObjectTag[] | undefined): readonly string[] | undefined {
  return all?.map(({ key, value }) => `${key}=${value}`);
}
