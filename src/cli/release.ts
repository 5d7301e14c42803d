import { setTimeout as pause } from 'node:timers/promises';
import { evidenceOf } from '../compose/operator/isolation-bucket.ts';
import { releaseOf, releaseSettings } from '../compose/operator/release.ts';
import { RefusedError, RetryableError } from '../core/errors.ts';
import type { EvidenceReader } from '../core/operate/evidence-reader.ts';
import { olderVersionsFirst, planRelease } from '../core/operate/plan-release.ts';
import { type Release, type ReleasePorts, type ReleaseReason, release } from '../core/operate/release.ts';
import type { SourceBuckets } from '../core/source-buckets.ts';
import { ambiguous, findingNamed } from './finding-id.ts';
import { isConfirmed } from './frame/ask.ts';
import { usageError } from './frame/command-error.ts';
import { type ExitCode, exitCode } from './frame/exit-code.ts';
import { type OutputFlags, openOutput } from './frame/output.ts';
import type { Progress } from './frame/progress.ts';
import type { CommandContext } from './frame/run-command.ts';
import { type OperatorFlags, openOperator } from './open-operator.ts';
import { type Batch, readBatch } from './release-batch.ts';
import { columns, questionAbout, type ReleaseRow } from './release-rows.ts';
import { whoIsResponsible } from './responsible.ts';

export interface ReleaseFlags extends OperatorFlags, OutputFlags {
  readonly reason: string;
  /** A file of finding ids, or `-`. */
  readonly from?: string;
  readonly who?: string;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly wait: boolean;
}

/**
 * Puts isolated objects back at their sources. The command can be repeated: objects that were put back before
 * are found and reported again, and a batch goes on where it stopped.
 */
export async function runRelease(
  given: readonly string[],
  flags: ReleaseFlags,
  context: CommandContext,
): Promise<ExitCode> {
  const { progress, signal, terminal } = context;
  const output = openOutput(terminal, columns, flags);
  const { doneBefore, ids, note } = await batchOf(given, flags, terminal);
  const { clients, settings } = await openOperator(flags, context, [
    ...releaseSettings,
    'VISIBILITY_TIMEOUT_SECONDS',
  ]);
  if (doneBefore > 0) terminal.err.write(`${doneBefore} of the batch were put back before.\n`);
  const evidence = evidenceOf(clients, settings);
  const ports = releaseOf(clients, settings);
  const planned: ReleaseRow[] = [];
  for (const [index, id] of ids.entries()) {
    signal.throwIfAborted();
    progress.say(`Looking for the record of ${id} (${index + 1} of ${ids.length})`);
    planned.push(await rowOf(id, evidence));
  }
  progress.clear();
  const ready = olderVersionsFirst(planned.filter((row) => row.object !== undefined));
  if (flags.dryRun || ready.length === 0) {
    output.write(planned);
    return ready.length === planned.length ? exitCode.done : exitCode.failed;
  }
  if (!(await isConfirmed(terminal, questionAbout(ready), flags, signal))) {
    terminal.err.write('Nothing was put back.\n');
    return exitCode.failed;
  }
  const reason = { who: await whoIsResponsible(flags.who, clients), why: flags.reason };
  const done: ReleaseRow[] = planned.filter((row) => row.object === undefined);
  const putBack = putBackOf(reason, ports);
  for (const [index, row] of ready.entries()) {
    if (signal.aborted) break;
    progress.say(`Putting back ${index + 1} of ${ready.length}`);
    const result = await putBack(row);
    if (result.isDone) await note(row.asked);
    done.push(result);
  }
  progress.clear();
  const unsure = flags.wait && !signal.aborted && done.some(mayBeIsolatedAgain);
  if (unsure) await waitFor(settings.VISIBILITY_TIMEOUT_SECONDS, progress, signal);
  const checked = unsure && !signal.aborted ? await lookAgain(done, ports.sourceBuckets) : done;
  output.write(checked);
  if (done.length < planned.length) {
    terminal.err.write(
      `Stopped after ${done.length} of ${planned.length}. Run the same command again to go on: it repeats nothing.\n`,
    );
  }
  return done.length === planned.length && checked.every(({ isDone }) => isDone)
    ? exitCode.done
    : exitCode.failed;
}

async function batchOf(
  ids: readonly string[],
  { from }: ReleaseFlags,
  { input }: CommandContext['terminal'],
): Promise<Batch> {
  if ((from === undefined) === (ids.length === 0)) {
    throw usageError('Give finding ids, or a file of them with --from.');
  }
  if (from !== undefined) return readBatch(from, input);
  for (const id of ids) findingNamed(id);
  return { ids: [...new Set(ids)], doneBefore: 0, note: async () => undefined };
}

async function rowOf(id: string, evidence: EvidenceReader): Promise<ReleaseRow> {
  const plan = await planRelease(findingNamed(id), evidence);
  switch (plan.kind) {
    case 'object':
      return {
        asked: id,
        findingId: plan.findingId,
        object: plan.object,
        result: 'would be put back',
        isDone: true,
        ...(plan.sourceLastModified !== undefined && { sourceLastModified: plan.sourceLastModified }),
      };
    case 'no-record':
      return { asked: id, findingId: id, result: 'no record of this finding', isDone: false };
    case 'not-isolated':
      return { asked: id, findingId: id, result: `no copy: ${plan.outcomes.join(', ')}`, isDone: false };
    case 'ambiguous':
      throw ambiguous(id, plan.candidates);
  }
}

/** After so many failures in a row the cause is not the one object, and the rest would fail too. */
const failuresInARow = 3;

/** Returns what puts one object back. An object that cannot be put back does not keep the others from it. */
function putBackOf(reason: ReleaseReason, ports: ReleasePorts): (row: ReleaseRow) => Promise<ReleaseRow> {
  let failures = 0;
  return async (row) => {
    if (row.object === undefined) return row;
    try {
      const answer = await release(row.object, reason, ports);
      failures = 0;
      return { ...row, ...resultOf(answer) };
    } catch (error) {
      if (error instanceof RefusedError) return { ...row, result: `refused: ${error.reason}`, isDone: false };
      failures += 1;
      if (!(error instanceof RetryableError) || failures === failuresInARow) throw error;
      return { ...row, result: `failed: ${error.code}, try it again`, isDone: false };
    }
  };
}

function resultOf(answer: Release): Partial<ReleaseRow> & Pick<ReleaseRow, 'result' | 'isDone'> {
  switch (answer.kind) {
    case 'released':
      return {
        result: 'released',
        isDone: true,
        eTag: answer.eTag,
        lost: answer.lost,
        ...(answer.versionId !== undefined && { versionId: answer.versionId }),
      };
    case 'no-copy':
      return { result: 'no verified copy', isDone: false };
    case 'occupied':
      return { result: 'another object lies there', isDone: false };
    case 'newer-is-back':
      return { result: 'a newer version was put back before', isDone: false };
  }
}

/**
 * In an unversioned bucket, a worker that had passed its release check when the release began may isolate the
 * object once more. After one visibility timeout no such handling is left.
 */
function mayBeIsolatedAgain({ result, versionId }: ReleaseRow): boolean {
  return result === 'released' && versionId === undefined;
}

async function waitFor(seconds: number, progress: Progress, signal: AbortSignal): Promise<void> {
  const until = new Date(Date.now() + seconds * 1_000);
  progress.say(`Looks once more at ${until.toISOString().slice(11, 19)} UTC; Ctrl-C leaves that out`);
  await pause(seconds * 1_000, undefined, { signal }).catch(() => undefined);
  progress.clear();
}

async function lookAgain(rows: readonly ReleaseRow[], source: SourceBuckets): Promise<ReleaseRow[]> {
  const checked: ReleaseRow[] = [];
  for (const row of rows) {
    const there = row.object && mayBeIsolatedAgain(row) ? await source.head(row.object) : row;
    if (there?.eTag === row.eTag) checked.push(row);
    else {
      const result = there === undefined ? 'isolated once more, release it again' : 'overwritten since';
      checked.push({ ...row, isDone: false, result });
    }
  }
  return checked;
}
