import { jsonOf } from '../../json.ts';

export interface PolicyStatement {
  readonly Sid?: string;
  readonly Effect?: string;
  readonly Principal?: unknown;
  readonly Action?: unknown;
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

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
