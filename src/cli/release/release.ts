import { setTimeout as pause } from 'node:timers/promises';
import { evidenceOf } from '../../compose/operator/isolation-bucket.ts';
import { releaseOf, releaseSettings } from '../../compose/operator/release.ts';
import { olderVersionsFirst } from '../../core/operate/release/plan-release.ts';
import type { SourceBuckets } from '../../core/source-buckets.ts';
import { findingNamed } from '../finding-id.ts';
import { isConfirmed } from '../frame/ask.ts';
import { collectRows } from '../frame/collect-rows.ts';
import { usageError } from '../frame/command-error.ts';
import { type ExitCode, exitCode } from '../frame/exit-code.ts';
import { type OutputFlags, openOutput } from '../frame/output.ts';
import type { Progress } from '../frame/progress.ts';
import type { CommandContext } from '../frame/run-command.ts';
import { showRowsDone } from '../frame/show-rows-done.ts';
import { countText } from '../frame/size-text.ts';
import { type OperatorFlags, openOperator } from '../open-operator.ts';
import { whoIsResponsible } from '../responsible.ts';
import { putBackOf } from './put-back.ts';
import { type Batch, batchOfOne, readBatch } from './release-batch.ts';
import { plannedRows } from './release-plan.ts';
import { columns, questionAbout, type ReleaseRow } from './release-rows.ts';

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
  const batch = await batchOf(given, flags, context);
  const { clients, settings } = await openOperator(flags, context, [
    ...releaseSettings,
    'VISIBILITY_TIMEOUT_SECONDS',
  ]);
  const { doneBefore, ids } = batch;
  if (doneBefore > 0)
    terminal.err.write(`Put back before: ${countText(doneBefore, 'finding')} of the batch.\n`);
  const evidence = evidenceOf(clients, settings);
  const ports = releaseOf(clients, settings);
  const planned = await collectRows<ReleaseRow>(flags.dryRun ? output : undefined, context, async (found) => {
    for (const [index, id] of ids.entries()) {
      signal.throwIfAborted();
      progress.say(`Looking for the record of ${id} (${index + 1} of ${ids.length})`);
      found.push(...(await plannedRows(id, { ...ports, evidence })));
    }
  });
  const isReady = (row: ReleaseRow) => row.object !== undefined && !row.isLeft;
  const ready = olderVersionsFirst(planned.filter(isReady));
  if (flags.dryRun || ready.length === 0) {
    output.write(planned);
    return ready.length === planned.length ? exitCode.done : exitCode.failed;
  }
  if (!(await isConfirmed(terminal, questionAbout(ready), flags, signal))) {
    terminal.err.write('Nothing was put back.\n');
    return exitCode.failed;
  }
  const reason = { who: await whoIsResponsible(flags.who, clients), why: flags.reason };
  await batch.begin();
  const putBack = putBackOf(reason, ready, ports);
  const noteDone = notesOf(batch, planned);
  const isSure = (row: ReleaseRow) => !flags.wait || !mayBeIsolatedAgain(row);
  const left = planned.filter((row) => !isReady(row));
  const toDo = { count: ready.length, left, output, promise: 'it repeats nothing' };
  return await showRowsDone(toDo, context, async (done) => {
    for (const [index, row] of ready.entries()) {
      if (signal.aborted) return;
      progress.say(`Putting back ${index + 1} of ${ready.length}`);
      const result = await putBack(row);
      done.push(result);
      if (isSure(result)) await noteDone(result);
    }
    if (done.every(isSure)) return;
    await waitFor(settings.VISIBILITY_TIMEOUT_SECONDS, progress, signal);
    if (!signal.aborted) await lookAgain(done, ports.sourceBuckets, noteDone);
  });
}

type NoteDone = (row: ReleaseRow) => Promise<void>;

/** Returns what notes an id of a batch when all its versions are back. */
function notesOf(batch: Batch, planned: readonly ReleaseRow[]): NoteDone {
  const open = new Map(
    [...Map.groupBy(planned, ({ asked }) => asked)].map(([id, rows]) => [id, rows.length]),
  );
  return async ({ asked, isDone }) => {
    if (!isDone) return;
    const left = (open.get(asked) ?? 0) - 1;
    open.set(asked, left);
    if (left === 0) await batch.note(asked);
  };
}

async function batchOf(
  ids: readonly string[],
  { dryRun, from, yes }: ReleaseFlags,
  { signal, terminal: { input } }: CommandContext,
): Promise<Batch> {
  if ((from === undefined) === (ids.length === 0)) {
    throw usageError('Give finding ids, or a file of them with --from.');
  }
  if (from === '-' && !yes && !dryRun) {
    throw usageError(
      '--from - takes the ids from standard input, where nobody can then answer: give --yes, or --dry-run to look.',
    );
  }
  if (from !== undefined) return readBatch(from, input, signal);
  for (const id of ids) findingNamed(id);
  return batchOfOne(new Set(ids));
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

/** What is there still is noted as done. The rows of the others say that they have to be released again. */
async function lookAgain(rows: ReleaseRow[], source: SourceBuckets, noteDone: NoteDone): Promise<void> {
  for (const [index, row] of rows.entries()) {
    if (row.object === undefined || !mayBeIsolatedAgain(row)) continue;
    const there = await source.head(row.object);
    if (there?.eTag === row.eTag) {
      await noteDone(row);
    } else {
      const result = there === undefined ? 'isolated once more, release it again' : 'overwritten since';
      rows[index] = { ...row, isDone: false, result };
    }
  }
}
