import { bucketPoliciesOf, installationOf } from '../../compose/operator/fence.ts';
import { isolationBucketSettings } from '../../compose/operator/isolation-bucket.ts';
import { uncoveredActions } from '../../core/fence/denial.ts';
import { sparedRoles } from '../../core/fence/spared-roles.ts';
import type { FencedBucket } from '../../core/fences.ts';
import { applyDenial, type PlannedDenial, planDenial } from '../../core/operate/fence/deny-reading.ts';
import { lineDifference } from '../../core/operate/fence/line-difference.ts';
import { type BucketPolicy, type Merge, maximumPolicyBytes } from '../../core/operate/fence/merge-policy.ts';
import { isConfirmed } from '../frame/ask.ts';
import type { Column } from '../frame/column.ts';
import { CommandError, usageError } from '../frame/command-error.ts';
import { type ExitCode, exitCode } from '../frame/exit-code.ts';
import { jsonText } from '../frame/json-text.ts';
import { type OutputFlags, openOutput } from '../frame/output.ts';
import type { CommandContext } from '../frame/run-command.ts';
import { visible } from '../frame/terminal.ts';
import { type OperatorFlags, openOperator } from '../open-operator.ts';
import { throwExplained } from './explain-bucket-problem.ts';
import { bucketNamed, bucketOf, checkRoleFlags, type RoleFlags } from './fence-flags.ts';
import { checkOrganization, organizationText } from './organization-policy.ts';

export interface FencePolicyFlags extends OperatorFlags, OutputFlags, RoleFlags {
  readonly apply?: boolean;
  readonly yes?: boolean;
  /** Further roles that the fence spares. */
  readonly spare?: readonly string[];
  /** The id of an organization. */
  readonly organization?: string;
}

interface DenialRow extends FencedBucket {
  readonly change: 'added' | 'replaced' | 'none';
  readonly isApplied: boolean;
  readonly spared: readonly string[];
  readonly policy: BucketPolicy;
}

const uncovered = uncoveredActions.map(([, actions]) => actions).join(', ');

const columns: readonly Column<DenialRow>[] = [
  { name: 'bucket', title: 'BUCKET', value: ({ bucket }) => bucket },
  { name: 'account_id', title: 'ACCOUNT', value: ({ accountId }) => accountId },
  { name: 'change', title: 'CHANGE', value: ({ change }) => change },
  { name: 'applied', title: 'APPLIED', value: ({ isApplied }) => isApplied },
  { name: 'spared', title: 'SPARED', value: ({ spared }) => spared.join(',') },
  { name: 'uncovered', title: 'UNCOVERED', value: () => uncovered },
  { name: 'policy', title: 'POLICY', value: ({ policy }) => policy },
];

/** Prints what denies reading fenced objects of a bucket, and puts it into the policy of the bucket if asked to. */
export async function runFencePolicy(
  name: string | undefined,
  flags: FencePolicyFlags,
  context: CommandContext,
): Promise<ExitCode> {
  const { terminal } = context;
  const output = openOutput(terminal, columns, flags);
  const named = checkFlags(name, flags);
  const { clients, settings } = await openOperator(flags, context, isolationBucketSettings);
  const installation = installationOf(clients, settings, flags);
  if (named === undefined) {
    const { guide, policy } = organizationText(flags.organization ?? '', installation, flags.spare ?? []);
    terminal.out.write(`${jsonText(policy, flags.jsonl ? undefined : 2)}\n`);
    terminal.err.write(`${guide}${uncoveredText}\n`);
    return exitCode.done;
  }
  const bucket = bucketOf(named, installation, settings.ISOLATION_BUCKET);
  const explained = throwExplained(bucket);
  const policies = bucketPoliciesOf(clients);
  const spared = [...sparedRoles(installation, bucket.accountId), ...(flags.spare ?? [])];
  const { partition } = installation;
  const planned = await planDenial(bucket, { partition, spared }, policies).catch(explained);
  const { after, before, change } = mergedOrThrow(planned.merge, bucket);
  const row: DenialRow = { ...bucket, change, isApplied: false, spared, policy: after };
  const show = (told: DenialRow) => (isForPeople(flags) ? undefined : output.write([told]));
  if (isForPeople(flags)) {
    const lines = lineDifference(JSON.stringify(before, null, 2), JSON.stringify(after, null, 2));
    if (lines.length > 0) terminal.out.write(`${lines.map(visible).join('\n')}\n`);
  }
  if (change === 'none') {
    terminal.err.write(
      `The policy of ${bucket.bucket} has this denial already. Prove it with fence check.\n`,
    );
    show(row);
    return exitCode.done;
  }
  terminal.err.write(`${uncoveredText}\n`);
  if (!flags.apply) {
    show(row);
    terminal.err.write('Nothing was changed. --apply puts it into the policy of the bucket.\n');
    return exitCode.done;
  }
  const question = `Put the denial into the policy of ${bucket.bucket}?`;
  if (!(await isConfirmed(terminal, question, flags, context.signal, 'or leave out --apply to look'))) {
    terminal.err.write('Nothing was changed.\n');
    return exitCode.failed;
  }
  await apply(bucket, planned, policies).catch(explained);
  show({ ...row, isApplied: true });
  terminal.err.write(`The policy of ${bucket.bucket} was written. Prove the fence with fence check.\n`);
  return exitCode.done;
}

/** People see a difference; machines get rows. */
function isForPeople({ fields, json, jsonl }: OutputFlags): boolean {
  return !json && !jsonl && fields === undefined;
}

const uncoveredText = `No fence covers ${uncoveredActions
  .map(([what, actions]) => `${what} (${actions})`)
  .join(', ')}: S3 decides these without the object's tags.`;

function checkFlags(name: string | undefined, flags: FencePolicyFlags) {
  checkRoleFlags(flags);
  for (const arn of flags.spare ?? []) {
    if (!/^arn:[a-z-]+:iam::\d{12}:role\/[\w+=,.@/-]+$/.test(arn)) {
      throw usageError(`--spare takes the whole ARN of a role, without a wildcard; not ${visible(arn)}.`);
    }
  }
  if ((name === undefined) === (flags.organization === undefined)) {
    throw usageError('Name one bucket, or an organization with --organization.');
  }
  if (name !== undefined) return bucketNamed(name);
  checkOrganization(flags.organization ?? '');
  if (flags.fields !== undefined) {
    throw usageError('--fields is for a bucket. The policy of an organization is printed as a whole.');
  }
  if (flags.apply) {
    throw usageError(
      '--apply is for the policy of a bucket. A policy of the organization is attached by its administrator.',
    );
  }
  return undefined;
}

function mergedOrThrow(merge: Merge, { bucket }: FencedBucket) {
  switch (merge.kind) {
    case 'merged':
      return merge;
    case 'too-large':
      throw new CommandError(
        `With the denial the policy of ${bucket} would have ${merge.bytes} bytes, and S3 takes ${maximumPolicyBytes}. Shorten the policy, or deny for the whole organization with --organization.`,
      );
    case 'unreadable':
      throw new CommandError(`The policy of ${bucket} is not understood, so nothing is put in its place.`);
  }
}

async function apply(
  bucket: FencedBucket,
  planned: PlannedDenial,
  policies: ReturnType<typeof bucketPoliciesOf>,
): Promise<void> {
  if ((await applyDenial(bucket, planned, policies)) === 'applied') return;
  throw new CommandError(
    `Somebody else changed the policy of ${bucket.bucket} at the same moment. Nothing was written; run the command again.`,
  );
}
