import { userInfo } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { FlaggedObject } from '../core/finding.ts';
import { planRelease } from '../core/operate/plan-release.ts';
import { release } from '../core/operate/release.ts';
import { isConfirmed } from './frame/ask.ts';
import { CommandError } from './frame/command-error.ts';
import { type ExitCode, exitCode } from './frame/exit-code.ts';
import { type Column, type OutputFlags, writeRows } from './frame/output.ts';
import { progressOn } from './frame/progress.ts';
import type { CommandContext } from './frame/run-command.ts';
import { visible } from './frame/terminal.ts';
import { type OperatorFlags, openOperator } from './open-operator.ts';

export interface ReleaseFlags extends OperatorFlags, OutputFlags {
  readonly reason: string;
  readonly who?: string;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly wait: boolean;
}

interface Released {
  readonly findingId: string;
  readonly object?: FlaggedObject;
  readonly result: string;
  readonly isDone: boolean;
  readonly eTag?: string;
  readonly versionId?: string;
  readonly lost?: readonly string[];
}

/** Puts isolated objects back where they were. Safe to repeat: what was put back before is found, and said again. */
export async function runRelease(
  ids: readonly string[],
  flags: ReleaseFlags,
  { signal, terminal }: CommandContext,
): Promise<ExitCode> {
  const { operator, visibilityTimeoutSeconds } = await openOperator(flags, terminal.env);
  const progress = progressOn(terminal);
  try {
    const planned: Released[] = [];
    for (const id of new Set(ids)) {
      progress.say(`Looking for the record of ${id}`);
      planned.push(await rowOf(id));
    }
    progress.clear();
    const ready = planned.filter((row) => row.object !== undefined);
    if (flags.dryRun || ready.length === 0) {
      writeRows(terminal, planned, columns, flags);
      return ready.length === planned.length ? exitCode.done : exitCode.failed;
    }
    if (!(await isConfirmed(terminal, questionAbout(ready), flags, signal))) {
      terminal.err.write('Nothing was put back.\n');
      return exitCode.failed;
    }
    const reason = { who: flags.who ?? userInfo().username, why: flags.reason };
    const done: Released[] = planned.filter((row) => row.object === undefined);
    for (const [index, row] of ready.entries()) {
      if (signal.aborted) break;
      progress.say(`Putting back ${index + 1} of ${ready.length}`);
      done.push(await released(row, reason));
    }
    progress.clear();
    if (flags.wait && !signal.aborted) await lookAgain(done);
    writeRows(terminal, done, columns, flags);
    if (done.length < planned.length) {
      terminal.err.write(
        `Stopped after ${done.length} of ${planned.length}. Run the same command again to go on: it repeats nothing.\n`,
      );
    }
    return done.length === planned.length && done.every(({ isDone }) => isDone)
      ? exitCode.done
      : exitCode.failed;
  } finally {
    progress.clear();
    operator.close();
  }

  async function rowOf(id: string): Promise<Released> {
    if (!/^[A-Za-z0-9-]{6,128}$/.test(id)) {
      throw new CommandError(
        `${visible(id)} is no finding id: give the id that alert and record show, or at least its first six characters.`,
        exitCode.usage,
      );
    }
    const plan = await planRelease(id, operator.evidence);
    switch (plan.kind) {
      case 'object':
        return { findingId: plan.findingId, object: plan.object, result: 'would be put back', isDone: true };
      case 'no-record':
        return { findingId: id, result: 'no record of this finding', isDone: false };
      case 'not-isolated':
        return { findingId: id, result: `no copy: ${plan.outcomes.join(', ')}`, isDone: false };
      case 'ambiguous':
        throw new CommandError(
          `${id} fits several objects; give a longer id:${plan.candidates
            .map(({ findingId, object }) => `\n  ${findingId}  ${addressOf(object)}`)
            .join('')}`,
          exitCode.usage,
        );
    }
  }

  async function released(row: Released, reason: { who: string; why: string }): Promise<Released> {
    if (row.object === undefined) return row;
    const answer = await release(row.object, reason, operator.release);
    switch (answer.kind) {
      case 'released':
        return {
          ...row,
          result: 'released',
          isDone: true,
          eTag: answer.eTag,
          lost: answer.lost,
          ...(answer.versionId !== undefined && { versionId: answer.versionId }),
        };
      case 'no-copy':
        return { ...row, result: 'no verified copy', isDone: false };
      case 'occupied':
        return { ...row, result: 'another object lies there', isDone: false };
    }
  }

  /**
   * On an unversioned bucket a worker that was past its check when the release began may isolate the object once more.
   * After one visibility timeout no such handling is left.
   */
  async function lookAgain(rows: Released[]): Promise<void> {
    const unsure = rows.filter((row) => row.result === 'released' && row.versionId === undefined);
    if (unsure.length === 0) return;
    const until = new Date(Date.now() + visibilityTimeoutSeconds * 1_000);
    progress.say(`Looks once more at ${until.toISOString().slice(11, 19)} UTC; Ctrl-C leaves that out`);
    await pause(visibilityTimeoutSeconds * 1_000, undefined, { signal }).catch(() => undefined);
    progress.clear();
    if (signal.aborted) return;
    for (const [index, row] of rows.entries()) {
      if (!unsure.includes(row) || row.object === undefined) continue;
      const there = await operator.release.source.head(row.object);
      if (there?.eTag === row.eTag) continue;
      rows[index] = {
        ...row,
        isDone: false,
        result: there === undefined ? 'isolated once more, release it again' : 'overwritten since',
      };
    }
  }
}

function questionAbout(rows: readonly Released[]): string {
  const bytes = rows.reduce((sum, { object }) => sum + (object?.sizeBytes ?? 0), 0);
  const buckets = [...new Set(rows.map(({ object }) => `s3://${object?.bucket}`))];
  const where = buckets.length <= 3 ? buckets.join(', ') : `${buckets.length} buckets`;
  return `${rows.length} ${rows.length === 1 ? 'object' : 'objects'}, ${sizeText(bytes)}, back to ${where}?`;
}

function sizeText(bytes: number): string {
  const unit = ['B', 'kB', 'MB', 'GB', 'TB'];
  let power = 0;
  let value = bytes;
  for (; value >= 1_000 && power < unit.length - 1; power += 1) value /= 1_000;
  return `${power === 0 ? value : value.toPrecision(3)} ${unit[power]}`;
}

function addressOf({ bucket, key }: FlaggedObject): string {
  return `s3://${bucket}/${visible(key)}`;
}

const columns: readonly Column<Released>[] = [
  { name: 'finding_id', title: 'FINDING', value: ({ findingId }) => findingId },
  { name: 'result', title: 'RESULT', value: ({ result }) => result },
  { name: 'bucket', title: 'BUCKET', value: ({ object }) => object?.bucket ?? null },
  { name: 'key', title: 'KEY', value: ({ object }) => object?.key ?? null },
  { name: 'size_bytes', title: 'BYTES', value: ({ object }) => object?.sizeBytes ?? null },
  { name: 'etag', title: 'ETAG', value: ({ eTag }) => eTag ?? null, isDetail: true },
  { name: 'version_id', title: 'VERSION', value: ({ versionId }) => versionId ?? null, isDetail: true },
  { name: 'lost', title: 'LOST', value: ({ lost }) => lost?.join(',') || null },
];
