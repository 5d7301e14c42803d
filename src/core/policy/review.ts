import { implies, isNeverMet } from './implies.ts';
import { mayMeet } from './may-meet.ts';
import { acts, endOf } from './policy.ts';
import type { ExceptionDocument, PolicyDocument, RuleDocument } from './schema.ts';

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
  const acting = rules.filter((rule) => acts(rule) && mayMeet(entry.when, rule.when));
  const meeting = acting.map((rule): Remark => {
    return implies(rule.when, entry.when)
      ? {
          level: 'warning',
          path,
          message: `The exception ${name} covers rule ${quoted(rule.name)}, which so never ${rule.action}s.`,
        }
      : {
          level: 'notice',
          path,
          message: `The exception ${name} may make an alert of what rule ${quoted(rule.name)} ${rule.action}s.`,
        };
  });
  return [...ending, ...meeting];
}

function quoted(name: string): string {
  return JSON.stringify(name);
}
