import type { RowOutput } from './output.ts';
import type { CommandContext } from './run-command.ts';

/**
 * Runs work that adds a row for each thing that it finds or does, and returns the rows. Where Ctrl-C or an error ends it
 * in the middle, the output shows the rows that are there.
 */
export async function collectRows<Row>(
  output: Pick<RowOutput<Row>, 'writePart'> | undefined,
  { progress, signal }: Pick<CommandContext, 'progress' | 'signal'>,
  work: (rows: Row[]) => Promise<void>,
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  try {
    await work(rows);
    signal.throwIfAborted();
  } catch (error) {
    progress.clear();
    output?.writePart(rows);
    throw error;
  }
  progress.clear();
  return rows;
}
