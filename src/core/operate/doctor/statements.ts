import { jsonOf } from '../../json.ts';
import { anyMatcherOf } from '../../policy/pattern.ts';

export interface PolicyStatement {
  readonly Sid?: string;
  readonly Effect?: string;
  readonly Principal?: unknown;
  readonly NotPrincipal?: unknown;
  readonly Action?: unknown;
  readonly NotAction?: unknown;
  readonly Resource?: unknown;
  readonly NotResource?: unknown;
  readonly Condition?: unknown;
}

/** Returns the statements of a policy, or `undefined` if there is none. */
export function statementsOf(policy: string | undefined): readonly PolicyStatement[] | undefined {
  const parsed = jsonOf(policy);
  if (!isRecord(parsed)) return undefined;
  const { Statement } = parsed;
  return (Array.isArray(Statement) ? Statement : [Statement]).filter(isRecord);
}

/** Whether a statement lets everybody in the world do something. */
export function admitsEverybody({ Condition, Effect, Principal }: PolicyStatement): boolean {
  const isEverybody = Principal === '*' || /"AWS":(\["\*"\]|"\*")/.test(JSON.stringify(Principal ?? ''));
  return Effect === 'Allow' && isEverybody && Condition === undefined;
}

/** Whether a statement is about all of these actions. `NotAction` could leave one out. */
export function isAboutActions({ Action, NotAction }: PolicyStatement, actions: readonly string[]): boolean {
  const matches = anyMatcherOf(textsOf(Action).map((each) => each.toLowerCase()));
  return NotAction === undefined && actions.every((each) => matches(each.toLowerCase()));
}

/** IAM takes one value for a list with that value, and `false` for `"false"`. */
export function textsOf(value: unknown): readonly string[] {
  return value === undefined ? [] : [value].flat().map(String);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
