import { canaryOf, installationOf } from '../../compose/operator/fence.ts';
import { controlOf, isolationBucketSettings } from '../../compose/operator/isolation-bucket.ts';
import { type FenceProof, failedStep, proofLifetimeMs } from '../../core/fence/proof.ts';
import type { FencedBucket } from '../../core/fences.ts';
import { checkFence, writeProof } from '../../core/operate/fence/check-fence.ts';
import type { Column } from '../frame/column.ts';
import { CommandError, usageError } from '../frame/command-error.ts';
import { type ExitCode, exitCode } from '../frame/exit-code.ts';
import { explainError } from '../frame/explain-error.ts';
import { type OutputFlags, openOutput } from '../frame/output.ts';
import type { CommandContext } from '../frame/run-command.ts';
import { stoppedEarly } from '../frame/stopped-early.ts';
import { type OperatorFlags, openOperator } from '../open-operator.ts';
import { throwExplained } from './explain-bucket-problem.ts';
import { bucketNamed, bucketOf, checkRoleFlags, type RoleFlags } from './fence-flags.ts';

export interface FenceCheckFlags extends OperatorFlags, OutputFlags, RoleFlags {
  readonly all?: boolean;
}

/** Without a proof the check could not be made, and what an earlier one proved stays as it is. */
interface CheckRow extends FencedBucket {
  readonly proof?: FenceProof;
  readonly why?: string;
}

const columns: readonly Column<CheckRow>[] = [
  { name: 'bucket', title: 'BUCKET', value: ({ bucket }) => bucket },
  { name: 'account_id', title: 'ACCOUNT', value: ({ accountId }) => accountId },
  { name: 'result', title: 'RESULT', value: resultOf },
  { name: 'failed_step', title: 'FAILED STEP', value: ({ proof }) => (proof && failedStep(proof)) ?? null },
  { name: 'why', title: 'WHY', value: whyOf },
  {
    name: 'proved_until',
    title: 'PROVED UNTIL',
    value: ({ proof }) =>
      proof === undefined || failedStep(proof) !== undefined
        ? null
        : new Date(proof.checkedAt.getTime() + proofLifetimeMs).toISOString(),
  },
  {
    name: 'steps',
    title: 'STEPS',
    value: ({ proof }) =>
      proof ? Object.fromEntries(proof.steps.map(({ got, step }) => [step, got])) : null,
    isDetail: true,
  },
];

/**
 * Proves the fences of buckets, one after the other, and writes what it found into the isolation bucket. Ends with 3 if
 * a fence does not hold, whatever became of the others.
 */
export async function runFenceCheck(
  names: readonly string[],
  flags: FenceCheckFlags,
  context: CommandContext,
): Promise<ExitCode> {
  const { progress, signal, terminal } = context;
  const output = openOutput(terminal, columns, flags);
  checkRoleFlags(flags);
  if (names.length > 0 === (flags.all === true)) throw usageError('Name buckets, or give --all.');
  for (const name of names) bucketNamed(name);
  const { clients, settings } = await openOperator(flags, context, [
    ...isolationBucketSettings,
    'FENCED_BUCKETS',
  ]);
  const wanted = flags.all ? settings.FENCED_BUCKETS : names;
  if (wanted === undefined) {
    throw new CommandError(
      '--all needs the setting FENCED_BUCKETS, and it is not set.',
      exitCode.configuration,
    );
  }
  const installation = installationOf(clients, settings, flags);
  const control = controlOf(clients, settings);
  const buckets = [...new Set(wanted)].map((name) =>
    bucketOf(bucketNamed(name), installation, settings.ISOLATION_BUCKET),
  );
  const check = async (bucket: FencedBucket): Promise<CheckRow> => {
    const hands = await canaryOf(bucket, installation, clients);
    const proof = await checkFence(bucket, { ...hands, clock: () => new Date() });
    await writeProof(proof, control);
    return { ...bucket, proof };
  };
  const rows: CheckRow[] = [];
  for (const bucket of buckets) {
    if (signal.aborted) break;
    progress.say(`Checking the fence of ${bucket.bucket} (${rows.length + 1} of ${buckets.length})`);
    rows.push(
      await check(bucket)
        .catch(throwExplained(bucket))
        .catch((error: unknown): CheckRow => {
          // One bucket alone ends the command with the error itself, and so with its exit code.
          if (buckets.length === 1) throw error;
          return { ...bucket, why: explainError(error).sentence };
        }),
    );
  }
  progress.clear();
  if (rows.length < buckets.length) {
    output.writePart(rows);
    return stoppedEarly(context, rows.length, buckets.length);
  }
  output.write(rows);
  if (rows.some((row) => resultOf(row) === 'not proved')) return exitCode.found;
  return rows.every(({ proof }) => proof !== undefined) ? exitCode.done : exitCode.failed;
}

function resultOf({ proof }: CheckRow): 'proved' | 'not proved' | 'not checked' {
  if (proof === undefined) return 'not checked';
  return failedStep(proof) === undefined ? 'proved' : 'not proved';
}

function whyOf({ proof, why }: CheckRow): string | null {
  const failed = proof?.steps.find(({ got, wanted }) => got !== wanted);
  if (failed === undefined) return why ?? null;
  return `${doing[failed.step]} should be ${failed.wanted}; S3 answered ${failed.got}`;
}

const doing = {
  put: 'putting the canary',
  read: 'reading the canary without the tag',
  tag: 'tagging the canary',
  'read-tagged': 'reading the canary with the tag',
  untag: 'taking the tag away',
} as const;
