import { describeError } from '../../core/describe-error.ts';
import { CommandError } from './command-error.ts';
import { type ExitCode, exitCode } from './exit-code.ts';
import { visible } from './terminal.ts';

/**
 * The error of a command for a file that a person named. `subject` is its path, or begins with it. `what` goes on with the
 * sentence, such as `cannot be read`.
 */
export function fileFailure(
  subject: string,
  what: string,
  error: unknown,
  end: ExitCode = exitCode.failed,
): CommandError {
  const { code, name } = describeError(error);
  return new CommandError(`${visible(subject)} ${what} (${code ?? name}).`, end, { cause: error });
}
