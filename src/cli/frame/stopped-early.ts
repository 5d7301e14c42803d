import { type ExitCode, exitCode } from './exit-code.ts';
import type { RowStream } from './row-stream.ts';
import { type CommandContext, isOutputClosed } from './run-command.ts';

/**
 * Says that a command stopped before all was done, and how to go on. `promise` says what a repetition does not do
 * twice. Returns the exit code, or throws after Ctrl-C, which has an exit code of its own.
 */
export function stoppedEarly(
  { signal, terminal }: Pick<CommandContext, 'signal' | 'terminal'>,
  done: number,
  all: number,
  promise?: string,
): ExitCode {
  const again = promise === undefined ? '' : `: ${promise}`;
  terminal.err.write(`Stopped after ${done} of ${all}. Run the same command again to go on${again}.\n`);
  if (!isOutputClosed(signal)) signal.throwIfAborted();
  return failedUnread;
}

/**
 * Says that a command stopped in the middle of what it sends, for Ctrl-C, an error, or an output that nobody reads, and
 * shows the rows of what it sent. Returns the exit code, or throws the error again.
 */
export function stoppedSending(
  error: unknown,
  rows: Pick<RowStream<never>, 'stop'> | undefined,
  { progress, signal, terminal }: Pick<CommandContext, 'progress' | 'signal' | 'terminal'>,
  sentence: string,
): ExitCode {
  progress.clear();
  rows?.stop();
  terminal.err.write(`${sentence}\n`);
  if (signal.aborted && isOutputClosed(signal)) return failedUnread;
  throw error;
}

/** Runs what only shows things. Where nobody reads on, as in `list | head`, it has shown enough. */
export async function whileRead(
  { signal }: Pick<CommandContext, 'signal'>,
  show: () => Promise<ExitCode>,
): Promise<ExitCode> {
  try {
    return await show();
  } catch (error) {
    if (signal.aborted && isOutputClosed(signal)) return exitCode.done;
    throw error;
  }
}

/** What is not done has failed, even if nobody reads the output any more. */
const failedUnread = exitCode.failed;
