import type { Finding, ObjectAddress, Severity } from '../../finding.ts';
import { parseFinding } from '../../parse/parse-finding.ts';
import { matcherOf } from '../../policy/pattern.ts';
import type { ListedFinding } from '../list-findings.ts';

/** The fields of a finding that filters use, as far as they can be understood. */
export interface FindingFacts {
  readonly severity?: Severity;
  readonly object?: ObjectAddress;
  readonly detections: Finding['detections'];
}

export function factsOf({ body, createdAt }: ListedFinding): FindingFacts {
  const parsed = parseFinding(body, createdAt);
  if (parsed.kind === 'finding') return parsed.finding;
  const { object, severity } = parsed;
  return { detections: [], ...(object && { object }), ...(severity && { severity }) };
}

/** Conditions on findings, as in policies. All must hold; of several values of one condition, one must hold. */
export interface FindingConditions {
  readonly severity?: readonly string[];
  readonly account?: readonly string[];
  /** Patterns, as are the following. */
  readonly bucket?: readonly string[];
  readonly key?: readonly string[];
  /** The name of a detection, of Macie or custom. */
  readonly identifier?: readonly string[];
}

/** A finding without the fact that a condition is about does not meet the condition. */
export function findingFilter(conditions: FindingConditions): (facts: FindingFacts) => boolean {
  const bucket = anyOf(conditions.bucket);
  const key = anyOf(conditions.key);
  const identifier = anyOf(conditions.identifier);
  const { account, severity } = conditions;
  return ({ detections, object, severity: found }) =>
    (severity === undefined || severity.includes(found ?? '')) &&
    (account === undefined || account.includes(object?.accountId ?? '')) &&
    (bucket === undefined || (object !== undefined && bucket(object.bucket))) &&
    (key === undefined || (object !== undefined && key(object.key))) &&
    (identifier === undefined || detections.some(({ name }) => identifier(name)));
}

function anyOf(values: readonly string[] | undefined): ((text: string) => boolean) | undefined {
  if (values === undefined) return undefined;
  const matchers = values.map(matcherOf);
  return (text) => matchers.some((matches) => matches(text));
}
