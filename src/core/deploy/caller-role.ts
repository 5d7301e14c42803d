import { StackProblem } from './stack/stack-problem.ts';
import type { Stack } from './stack/stacks.ts';

/** The name of the role of an assumed role. Its path is not in the ARN that STS gives. */
export function assumedRoleName(callerArn: string): string | undefined {
  return /^arn:[a-z-]+:sts::\d{12}:assumed-role\/([^/]+)\//.exec(callerArn)?.[1];
}

/** Returns the role of that name and account among whole ARNs. */
export function roleNamed(arns: readonly string[], callerArn: string): string | undefined {
  const name = assumedRoleName(callerArn);
  const account = callerArn.split(':')[4];
  return arns.find((arn) => arn.split('/').at(-1) === name && arn.split(':')[4] === account);
}

export interface DeployRolesInput {
  readonly callerArn: string;
  /** The whole ARN of the caller's role; absent if the caller is no role. */
  readonly callerRole: string | undefined;
  /** The roles that were chosen beside the caller's. */
  readonly chosen: readonly string[];
  /** The stack of the data plane, if there is one. */
  readonly dataPlane: Stack | undefined;
}

/**
 * Returns the roles that alone may change bucket, key, queues and topics from now on. Throws a problem where the policies
 * would keep the caller from the next update: then only the account's root could help.
 */
export function deployRoles({
  callerArn,
  callerRole,
  chosen,
  dataPlane,
}: DeployRolesInput): readonly string[] {
  const { BreakGlassRoleArns = '', DeployRoleArns = '' } = dataPlane?.parameters ?? {};
  const admitted = [...listOf(DeployRoleArns), ...listOf(BreakGlassRoleArns)];
  const isAdmitted = [callerRole, dataPlane?.serviceRole].some(
    (role) => role !== undefined && admitted.includes(role),
  );
  if (admitted.length > 0 && !isAdmitted) {
    throw new StackProblem(
      `The policies of ${dataPlane?.name} deny ${callerArn} to change it. Use one of its deploying roles: ${admitted.join(', ')}.`,
    );
  }
  if (callerRole === undefined && chosen.length > 0) {
    throw new StackProblem(
      `${callerArn} is no role, and only roles can be named as deploying roles. With --deploy-roles it could not make the next update: use the credentials of one of them.`,
    );
  }
  const service = dataPlane?.serviceRole;
  const mine = [
    ...(callerRole === undefined ? [] : [callerRole]),
    ...(service === undefined ? [] : [service]),
  ];
  return callerRole === undefined ? listOf(DeployRoleArns) : [...new Set([...chosen, ...mine])];
}

function listOf(text: string): readonly string[] {
  return text === '' ? [] : text.split(',');
}
