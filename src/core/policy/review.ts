import { implies, isNeverMet } from './implies.ts';
import { matcherOf } from './pattern.ts';
import { endOf } from './policy.ts';
import type { ExceptionDocument, PolicyDocument, RuleDocument } from './schema.ts';
import type { When } from './when-schema.ts';

/** Something about a valid policy that its author probably did not mean, or should know. */
export interface Remark {
  readonly level: 'warning' | 'notice';
  readonly path: readonly (string | number)[];
  readonly message: string;
}

const dayMs = 86_400_000;
/** So long before its end an exception is named. */
const noticeMs = 7 * dayMs;

/** Reviews a policy: rules without effect, exceptions that end, and exceptions that meet a rule. */
export function review(policy: PolicyDocument, at: Date): Remark[] {
  const { never = [], rules } = policy;
  return [
    ...never.flatMap((entry, index) => aboutException(entry, index, rules, at)),
    ...rules.flatMap((rule, index) => aboutRule(rule, index, rules)),
  ];
}

function aboutRule(rule: RuleDocument, index: number, rules: readonly RuleDocument[]): Remark[] {
  const path = ['rules', index, 'name'];
  if (isNeverMet(rule.when)) {
    return [
      {
        level: 'warning',
        path,
        message: `Rule ${quoted(rule.name)} can never match: its conditions exclude each other.`,
      },
    ];
  }
  const above = rules.slice(0, index).find((each) => implies(rule.when, each.when));
  if (above === undefined) return [];
  const message = `Rule ${quoted(rule.name)} is hidden: whatever it matches, ${quoted(above.name)} above matches first.`;
  return [{ level: 'warning', path, message }];
}

function aboutException(
  entry: ExceptionDocument,
  index: number,
  rules: readonly RuleDocument[],
  at: Date,
): Remark[] {
  const name = quoted(entry.name);
  const path = ['never', index, 'name'];
  const end = endOf(entry);
  const until = ['never', index, 'until'];
  if (at.getTime() >= end) {
    const message = `The exception ${name} has ended on ${entry.until}: it does not apply any more.`;
    return [{ level: 'warning', path: until, message }];
  }
  if (isNeverMet(entry.when)) {
    return [
      {
        level: 'warning',
        path,
        message: `The exception ${name} can never match: its conditions exclude each other.`,
      },
    ];
  }
  const ending: Remark[] =
    at.getTime() >= end - noticeMs
      ? [{ level: 'warning', path: until, message: `The exception ${name} ends on ${entry.until}.` }]
      : [];
  const isolating = rules.filter(({ action, when }) => action === 'isolate' && mayMeet(entry.when, when));
  const meeting = isolating.map((rule): Remark => {
    return implies(rule.when, entry.when)
      ? {
          level: 'warning',
          path,
          message: `The exception ${name} covers rule ${quoted(rule.name)}, which so never isolates.`,
        }
      : {
          level: 'notice',
          path,
          message: `The exception ${name} may make an alert of what rule ${quoted(rule.name)} isolates.`,
        };
  });
  return [...ending, ...meeting];
}

const exact = [
  'severity',
  'account',
  'region',
  'type',
  'storageClass',
  'discovery',
  'encryption',
  'origin',
] as const;

/** Whether a finding could meet both, as far as single conditions tell. */
function mayMeet(one: When, other: When): boolean {
  const isApart = exact.some((name) => {
    const [first, second] = [one[name], other[name]] as [(readonly string[])?, (readonly string[])?];
    return first !== undefined && second !== undefined && !first.some((value) => second.includes(value));
  });
  return !isApart && patternsMeet(one.bucket, other.bucket) && patternsMeet(one.key, other.key);
}

function patternsMeet(one: readonly string[] | undefined, other: readonly string[] | undefined): boolean {
  if (one === undefined || other === undefined) return true;
  return one.some((first) => other.some((second) => patternsMayMeet(first, second)));
}

/** Two patterns exclude each other where their beginnings or their ends do. */
function patternsMayMeet(one: string, other: string): boolean {
  const [first, second] = [fixedEnds(one), fixedEnds(other)];
  if (first.whole !== undefined) return matcherOf(other)(first.whole);
  if (second.whole !== undefined) return matcherOf(one)(second.whole);
  const begins = first.begin.startsWith(second.begin) || second.begin.startsWith(first.begin);
  return begins && (first.end.endsWith(second.end) || second.end.endsWith(first.end));
}

function fixedEnds(pattern: string): {
  readonly begin: string;
  readonly end: string;
  readonly whole?: string;
} {
  const parts = pattern.split(/(?<!\\)\*/).map((part) => part.replaceAll('\\*', '*'));
  const [begin = ''] = parts;
  return { begin, end: parts.at(-1) ?? '', ...(parts.length === 1 && { whole: begin }) };
}

function quoted(name: string): string {
  return JSON.stringify(name);
}
