import { isConfirmed } from './ask.ts';
import { type ExitCode, exitCode } from './exit-code.ts';
import type { RowOutput } from './output.ts';
import type { CommandContext } from './run-command.ts';

export interface RowChange<Row> {
  readonly question: string;
  /** Called once, when the change is confirmed. */
  begin(): Promise<(row: Row) => Promise<Row>>;
}

/** Asks, changes row by row until all are done or the command is stopped, and shows the rows that it came to. */
export async function changeRows<Row extends { readonly isDone: boolean }>(
  rows: readonly Row[],
  { begin, question }: RowChange<Row>,
  flags: { readonly yes?: boolean },
  output: RowOutput<Row>,
  { signal, terminal }: Pick<CommandContext, 'signal' | 'terminal'>,
): Promise<ExitCode> {
  if (!(await isConfirmed(terminal, question, flags, signal))) {
    terminal.err.write('Nothing was changed.\n');
    return exitCode.failed;
  }
  const change = await begin();
  const done: Row[] = [];
  for (const row of rows) {
    if (signal.aborted) break;
    done.push(await change(row));
  }
  output.write(done);
  if (done.length < rows.length) terminal.err.write(stoppedText(done.length, rows.length));
  return done.length === rows.length && done.every(({ isDone }) => isDone) ? exitCode.done : exitCode.failed;
}

/** The last line of a command that was stopped. `promise` says what a repetition does not do twice. */
export function stoppedText(done: number, all: number, promise?: string): string {
  const again = promise === undefined ? '' : `: ${promise}`;
  return `Stopped after ${done} of ${all}. Run the same command again to go on${again}.\n`;
}
