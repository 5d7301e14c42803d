import { type ExitCode, exitCode } from './exit-code.ts';

/** Ends a command with a sentence that says what to do next. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: ExitCode;

  constructor(message: string, code: ExitCode = exitCode.failed, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = code;
  }
}

export function usageError(message: string): CommandError {
  return new CommandError(message, exitCode.usage);
}
