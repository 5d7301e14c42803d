import { statementsOf } from './statements.ts';
import { ok, problemsOr, unknown, type Verdict, wrong } from './verdict.ts';
import type { Need } from './worker-needs.ts';

/** What IAM says of one action. */
export interface Simulated {
  readonly action: string;
  readonly need: Need;
  readonly isAllowed: boolean;
  /** The policy that denies it, if it is not only the absence of a permission. */
  readonly by?: string;
  /** Conditions that the simulation could not decide. */
  readonly missingContext: readonly string[];
}

/** IAM simulates no policies of resources for a role: those of bucket, queue and key are checks of their own. */
export function judgeRole(results: readonly Simulated[], mend: string): Verdict {
  const lacking = results.filter(({ isAllowed }) => !isAllowed);
  const tasks = [...new Set(lacking.map(({ need }) => need.to))];
  const problems = tasks.map((task) =>
    problemOf(
      task,
      lacking.filter(({ need }) => need.to === task),
      mend,
    ),
  );
  return problemsOr(
    ok(`${results.length} actions, by its own policies, boundary and organization`),
    problems,
  );
}

function problemOf(task: string, lacking: readonly Simulated[], mend: string): Verdict {
  const actions = [...new Set(lacking.map(({ action }) => action))].join(', ');
  const missing = [...new Set(lacking.flatMap(({ missingContext }) => missingContext))].join(', ');
  if (missing !== '') {
    return unknown(
      `IAM could not decide whether the worker’s role may ${task} (${actions}) without ${missing}.`,
    );
  }
  const by = [...new Set(lacking.flatMap((each) => each.by ?? []))].join(' and ');
  return wrong(`The worker’s role may not ${task}: ${actions}${by === '' ? '' : `, denied by ${by}`}.`, mend);
}

/** Finds the organization whose member roles the policy of the isolation bucket admits. */
export function organizationIn(bucketPolicy: string | undefined): string | undefined {
  const copying = statementsOf(bucketPolicy)?.find(({ Sid }) => Sid === 'MemberRolesCopy');
  return JSON.stringify(copying ?? '').match(/"aws:PrincipalOrgID":"(o-[a-z0-9]+)"/)?.[1];
}

/** Finds the worker's role in the policy of the isolation bucket, which names who may make copies. */
export function workerRoleIn(bucketPolicy: string | undefined): string | undefined {
  const copying = statementsOf(bucketPolicy)?.find(({ Sid }) => Sid === 'OnlyTheWorkerAndMemberRolesCopy');
  return JSON.stringify(copying ?? '').match(
    /arn:[a-z-]+:iam::\d{12}:role\/[^"*]*-worker-[a-z0-9-]+(?=")/,
  )?.[0];
}
