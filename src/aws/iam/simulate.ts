import {
  type ContextEntry,
  type EvaluationResult,
  type IAMClient,
  paginateSimulatePrincipalPolicy,
} from '@aws-sdk/client-iam';
import type { Simulated } from '../../core/operate/doctor/judge-role.ts';
import type { Need } from '../../core/operate/doctor/worker-needs.ts';
import { listOf } from '../sdk/answered.ts';

/** Asks IAM what the policies of a role, its boundary and its organization say. Errors of the SDK are passed on. */
export async function simulate(client: IAMClient, role: string, need: Need): Promise<readonly Simulated[]> {
  const results: Simulated[] = [];
  const pages = paginateSimulatePrincipalPolicy(
    { client },
    {
      PolicySourceArn: role,
      ActionNames: [...need.actions],
      ResourceArns: [need.resource],
      ContextEntries: Object.entries(need.context ?? {}).map(([name, value]) => entryOf(name, value)),
    },
  );
  for await (const { EvaluationResults } of pages) {
    const found = listOf(EvaluationResults, 'SimulatePrincipalPolicy');
    results.push(...found.map((result) => simulatedOf(result, need)));
  }
  return results;
}

function entryOf(name: string, value: string | readonly string[]): ContextEntry {
  const isList = typeof value !== 'string';
  return {
    ContextKeyName: name,
    ContextKeyType: isList ? 'stringList' : 'string',
    ContextKeyValues: isList ? [...value] : [value],
  };
}

function simulatedOf(result: EvaluationResult, need: Need): Simulated {
  const { EvalActionName: action = '', EvalDecision, MissingContextValues = [] } = result;
  const isAllowed = EvalDecision === 'allowed';
  const by =
    result.OrganizationsDecisionDetail?.AllowedByOrganizations === false
      ? 'the organization'
      : result.PermissionsBoundaryDecisionDetail?.AllowedByPermissionsBoundary === false
        ? 'its permissions boundary'
        : EvalDecision === 'explicitDeny'
          ? 'a statement that denies'
          : undefined;
  return {
    action,
    need,
    isAllowed,
    missingContext: isAllowed ? [] : MissingContextValues,
    ...(by !== undefined && { by }),
  };
}
