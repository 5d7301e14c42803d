import { isConfirmed } from './ask.ts';
import { type ExitCode, exitCode } from './exit-code.ts';
import type { RowOutput } from './output.ts';
import type { CommandContext } from './run-command.ts';
import { stoppedEarly } from './stopped-early.ts';

export interface RowChange<Row> {
  readonly question: string;
  /** Called once, when the change is confirmed. */
  begin(): Promise<(row: Row) => Promise<Row>>;
}

/**
 * Asks, and changes row by row until all are done or the command is stopped. Shows the rows that are done, even if the
 * next one throws.
 */
export async function changeRows<Row extends { readonly isDone: boolean }>(
  rows: readonly Row[],
  { begin, question }: RowChange<Row>,
  flags: { readonly yes?: boolean },
  output: RowOutput<Row>,
  context: Pick<CommandContext, 'signal' | 'terminal'>,
): Promise<ExitCode> {
  const { signal, terminal } = context;
  if (!(await isConfirmed(terminal, question, flags, signal))) {
    terminal.err.write('Nothing was changed.\n');
    return exitCode.failed;
  }
  const change = await begin();
  const done: Row[] = [];
  try {
    for (const row of rows) {
      if (signal.aborted) break;
      done.push(await change(row));
    }
  } finally {
    output.write(done);
  }
  if (done.length < rows.length) return stoppedEarly(context, done.length, rows.length);
  return done.every(({ isDone }) => isDone) ? exitCode.done : exitCode.failed;
}
