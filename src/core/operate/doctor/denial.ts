import { anyMatcherOf } from '../../policy/pattern.ts';
import { isAboutActions, isRecord, type PolicyStatement, textsOf } from './statements.ts';

/** What a policy has to deny, to everybody whom no exception lets through. */
export interface Denial {
  readonly actions: readonly string[];
  /** Resources, each as the part of its ARN behind the name of the bucket. Absent for a policy that is about one resource. */
  readonly resources?: readonly string[];
  /** The only conditions that the denial may have. Each condition lets requests through, so that fewer deny more. */
  readonly exceptions?: readonly Exception[];
}

/** A condition of a denial, for one key of the request. */
export interface Exception {
  readonly key: string;
  readonly operators: readonly string[];
  readonly holdsFor: (values: readonly string[]) => boolean;
}

/** Whether a statement denies all of that. A statement that denies more does too. */
export function denies(statement: PolicyStatement, wanted: Denial): boolean {
  const { actions, exceptions = [], resources = [] } = wanted;
  return (
    statement.Effect === 'Deny' &&
    isAboutActions(statement, actions) &&
    isAboutResources(statement, resources) &&
    isForEverybody(statement, exceptions) &&
    conditionsOf(statement).every((condition) => exceptions.some((each) => isExcepted(condition, each)))
  );
}

function isAboutResources({ NotResource, Resource }: PolicyStatement, resources: readonly string[]): boolean {
  // What it leaves out could be wanted.
  if (NotResource !== undefined) return false;
  return resources.every(anyMatcherOf(textsOf(Resource).map(behindBucket)));
}

/** The policy of a bucket names no other bucket. An asterisk in its name matches the slash behind it too. */
function behindBucket(arn: string): string {
  return arn.replace(/^arn:[^:]+:s3:::[^/*]*/, '');
}

/** `NotPrincipal` lets through whom it names, as a condition on `aws:PrincipalArn` does. */
function isForEverybody(
  { NotPrincipal, Principal }: PolicyStatement,
  exceptions: readonly Exception[],
): boolean {
  if (NotPrincipal === undefined) return namesOf(Principal, 'AWS').includes('*');
  const named = namesOf(NotPrincipal, 'AWS');
  const condition = { operator: 'ArnNotLike', key: 'aws:PrincipalArn', values: named };
  return exceptions.some((exception) => isExcepted(condition, exception));
}

function namesOf(principal: unknown, kind: string): readonly string[] {
  return isRecord(principal) ? textsOf(principal[kind]) : textsOf(principal);
}

interface Condition {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

function conditionsOf({ Condition }: PolicyStatement): readonly Condition[] {
  if (Condition === undefined) return [];
  // What cannot be read could let anybody through.
  if (!isRecord(Condition)) return [{ operator: '', key: '', values: [] }];
  return Object.entries(Condition).flatMap(([operator, keys]) =>
    Object.entries(isRecord(keys) ? keys : { '': keys }).map(([key, values]) => ({
      operator,
      key,
      values: textsOf(values),
    })),
  );
}

function isExcepted({ key, operator, values }: Condition, exception: Exception): boolean {
  return (
    exception.operators.includes(operator) &&
    // IAM reads keys in any case.
    exception.key.toLowerCase() === key.toLowerCase() &&
    values.length > 0 &&
    exception.holdsFor(values)
  );
}
