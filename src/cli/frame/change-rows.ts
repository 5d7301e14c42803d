import { isConfirmed } from './ask.ts';
import { type ExitCode, exitCode } from './exit-code.ts';
import type { RowOutput } from './output.ts';
import type { CommandContext } from './run-command.ts';
import { showRowsDone } from './show-rows-done.ts';

export interface RowChange<Row> {
  readonly question: string;
  /** Called once, when the change is confirmed. */
  begin(): Promise<(row: Row) => Promise<Row>>;
}

/** Asks, and changes row by row until all are done or the command is stopped. */
export async function changeRows<Row extends { readonly isDone: boolean }>(
  rows: readonly Row[],
  { begin, question }: RowChange<Row>,
  flags: { readonly yes?: boolean },
  output: RowOutput<Row>,
  context: Pick<CommandContext, 'progress' | 'signal' | 'terminal'>,
): Promise<ExitCode> {
  const { signal, terminal } = context;
  if (!(await isConfirmed(terminal, question, flags, signal))) {
    terminal.err.write('Nothing was changed.\n');
    return exitCode.failed;
  }
  const change = await begin();
  return await showRowsDone({ count: rows.length, output }, context, async (done) => {
    for (const row of rows) {
      if (signal.aborted) return;
      done.push(await change(row));
    }
  });
}
