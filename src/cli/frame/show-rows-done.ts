import { type ExitCode, exitCode } from './exit-code.ts';
import type { RowOutput } from './output.ts';
import type { CommandContext } from './run-command.ts';
import { stoppedEarly } from './stopped-early.ts';

/** The rows of a command that changes one thing after another. */
export interface RowsToDo<Row> {
  /** How many rows the work adds if nothing stops it. */
  readonly count: number;
  readonly output: RowOutput<Row>;
  /** Rows about what is left as it is. They are shown before the others. */
  readonly left?: readonly Row[];
  /** What the same command does not do twice: see `stoppedEarly`. */
  readonly promise?: string;
}

/**
 * Runs work that adds a row for each thing that it has done. The rows are shown whatever the end of the work, so that
 * nothing is changed without a word. Returns the exit code, or throws what the work threw.
 */
export async function showRowsDone<Row extends { readonly isDone: boolean }>(
  { count, left = [], output, promise }: RowsToDo<Row>,
  context: Pick<CommandContext, 'progress' | 'signal' | 'terminal'>,
  work: (done: Row[]) => Promise<void>,
): Promise<ExitCode> {
  const done: Row[] = [];
  let isWhole = false;
  try {
    await work(done);
    isWhole = done.length >= count;
  } finally {
    context.progress.clear();
    if (isWhole) output.write([...left, ...done]);
    else output.writePart([...left, ...done]);
  }
  if (!isWhole) return stoppedEarly(context, done.length, count, promise);
  return [...left, ...done].every(({ isDone }) => isDone) ? exitCode.done : exitCode.failed;
}
