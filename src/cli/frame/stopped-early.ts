import { type ExitCode, exitCode } from './exit-code.ts';
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
  // What is not done has failed, even if nobody reads the output any more.
  if (!isOutputClosed(signal)) signal.throwIfAborted();
  return exitCode.failed;
}
