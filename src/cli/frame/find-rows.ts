import type { RowOutput } from './output.ts';
import type { CommandContext } from './run-command.ts';

/**
 * Runs work that adds a row for each thing that it finds, and returns the rows. Where Ctrl-C or an error ends it in the
 * middle, the output shows those that it has found.
 */
export async function findRows<Row>(
  output: Pick<RowOutput<Row>, 'writePart'> | undefined,
  { progress, signal }: Pick<CommandContext, 'progress' | 'signal'>,
  work: (found: Row[]) => Promise<void>,
): Promise<readonly Row[]> {
  const found: Row[] = [];
  try {
    await work(found);
    signal.throwIfAborted();
  } catch (error) {
    progress.clear();
    output?.writePart(found);
    throw error;
  }
  progress.clear();
  return found;
}
