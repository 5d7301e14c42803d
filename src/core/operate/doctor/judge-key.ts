import { type Denial, denies } from './denial.ts';
import { rolesOfPeople, services } from './exceptions.ts';
import { admitsEverybody, statementsOf } from './statements.ts';
import { look, ok, problemsOr, updateDataPlane, type Verdict, wrong } from './verdict.ts';

/** The key of the isolation bucket. */
export interface KeySeen {
  readonly arn: string;
  /** As KMS names it, such as `Enabled` or `PendingDeletion`. */
  readonly state: string;
  /** AWS manages it: its policy cannot be changed. */
  readonly isOfAws: boolean;
  /** The key material came from outside of KMS, which does not rotate it. */
  readonly hasOwnMaterial: boolean;
}

export function judgeKeyState({ arn, isOfAws, state }: KeySeen): Verdict {
  if (isOfAws) {
    return wrong('AWS manages the key of isolated objects: no policy of yours protects it.', updateDataPlane);
  }
  switch (state) {
    case 'Enabled':
      return ok(arn);
    case 'PendingDeletion':
    case 'PendingReplicaDeletion':
      return wrong(
        'The key of isolated objects is being deleted: after that nobody can read them ever again.',
        `aws kms cancel-key-deletion --key-id ${arn} && aws kms enable-key --key-id ${arn}`,
      );
    case 'Disabled':
      return wrong(
        'The key of isolated objects is disabled: nothing can be isolated.',
        `aws kms enable-key --key-id ${arn}`,
      );
    default:
      return wrong(
        `The key of isolated objects is in the state ${state}.`,
        `aws kms describe-key --key-id ${arn}`,
      );
  }
}

export function judgeRotation({ arn, hasOwnMaterial }: KeySeen, rotates: boolean): Verdict {
  if (rotates) return ok();
  if (hasOwnMaterial) return ok('key material of your own: KMS does not rotate it');
  return look('The key of isolated objects is never rotated.', `aws kms enable-key-rotation --key-id ${arn}`);
}

/** What the template denies by `KeyStays`, where it knows who else may do it. */
const keyStays: Denial = {
  actions: ['kms:CreateGrant', 'kms:DisableKey', 'kms:PutKeyPolicy', 'kms:ScheduleKeyDeletion'],
  exceptions: [rolesOfPeople, services],
};

/** `bucketPolicy` tells whether member accounts make copies, and so must use the key. */
export function judgeKeyPolicy(policy: string | undefined, bucketPolicy: string | undefined): Verdict {
  const statements = statementsOf(policy) ?? [];
  const has = (sid: string, of = statements) => of.some(({ Sid }) => Sid === sid);
  const admitsAccount = statements.some(
    ({ Effect, Principal }) => Effect === 'Allow' && /:root"/.test(JSON.stringify(Principal ?? '')),
  );
  const withMembers = has('MemberRolesCopy', statementsOf(bucketPolicy) ?? []);
  return problemsOr(ok(), [
    statements.some(admitsEverybody)
      ? wrong('The policy of the isolation key admits everybody.', updateDataPlane)
      : undefined,
    admitsAccount
      ? undefined
      : wrong(
          'The policy of the isolation key leaves nothing to IAM: the permissions of worker and operators have no effect.',
          updateDataPlane,
        ),
    withMembers && !has('MemberRolesCopy')
      ? wrong(
          'The policy of the isolation key does not admit the roles of member accounts, which the bucket admits.',
          updateDataPlane,
        )
      : undefined,
    statements.some((statement) => denies(statement, keyStays))
      ? undefined
      : look(
          'Every administrator of the account can disable or delete the isolation key.',
          'Name DeployRoleArns and BreakGlassRoleArns in the stack of data-plane.yaml.',
        ),
  ]);
}
