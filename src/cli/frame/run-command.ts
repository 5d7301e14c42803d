import { type ExitCode, exitCode, exitInterrupted } from './exit-code.ts';
import { explainError } from './explain-error.ts';
import { type Progress, progressOn } from './progress.ts';
import { harmlessLines, type Terminal } from './terminal.ts';
import { watchOutput } from './watch-output.ts';

export interface CommandContext {
  readonly terminal: Terminal;
  /**
   * Aborted by Ctrl-C, and when nobody reads the output any more or it cannot be written. Unfinished work is left in
   * a state that can be resumed.
   */
  readonly signal: AbortSignal;
  /** Removed when the command ends. */
  readonly progress: Progress;
  /** Runs this when the command ends, whatever its end. The resource that was opened last is closed first. */
  atEnd(close: () => void | Promise<void>): void;
}

/** Most steps end sooner after Ctrl-C. */
const hintMs = 2_000;

/** Why a command is stopped whose output goes nowhere. */
const outputClosed = new Error('the output was closed');

/** Whether the command is stopped because its output goes nowhere, and not by Ctrl-C. */
export function isOutputClosed({ reason }: AbortSignal): boolean {
  return reason === outputClosed;
}

/**
 * Runs a command and sets its exit code. Errors become sentences on standard error; `--debug` adds the stack.
 * The first Ctrl-C lets the command stop between two steps, and the second ends the process.
 */
export async function runCommand(
  terminal: Terminal,
  flags: { readonly debug?: boolean },
  action: (context: CommandContext) => Promise<ExitCode>,
): Promise<number> {
  const interrupted = new AbortController();
  let hint: NodeJS.Timeout | undefined;
  const interrupt = () => {
    interrupted.abort();
    // A call that hangs may keep the step from its end.
    hint = setTimeout(() => {
      progress.clear();
      terminal.err.write('Waiting for the step under way to end. Ctrl-C ends it at once.\n');
    }, hintMs);
  };
  const progress = progressOn(terminal);
  // A promise that nothing settles any more ends the process, and Node would call that a success.
  const neverEnds = () => {
    progress.clear();
    terminal.err.write('macie-isolator: The command stopped in the middle, for a fault of the program.\n');
    process.exitCode = exitCode.failed;
  };
  process.once('SIGINT', interrupt);
  process.once('beforeExit', neverEnds);
  const output = watchOutput(terminal, () => interrupted.abort(outputClosed));
  const closing: (() => void | Promise<void>)[] = [];
  const failed = (error: unknown): number => {
    progress.clear();
    const { signal } = interrupted;
    // What it was to do or to look for is not done.
    if (signal.aborted) return isOutputClosed(signal) ? exitCode.failed : exitInterrupted;
    const explained = explainError(error);
    // A sentence may quote what others chose, and the trace quotes texts of errors.
    terminal.err.write(`macie-isolator: ${harmlessLines(explained.sentence)}\n`);
    if (flags.debug) terminal.err.write(`${harmlessLines(traceOf(error))}\n`);
    return explained.exitCode;
  };
  let code: number;
  try {
    code = await action({
      terminal,
      signal: interrupted.signal,
      progress,
      atEnd: (close) => void closing.push(close),
    });
  } catch (error) {
    code = failed(error);
  }
  progress.clear();
  for (const close of closing.toReversed()) {
    try {
      await close();
    } catch (error) {
      // The command's own end has precedence.
      if (code === exitCode.done) code = failed(error);
    }
  }
  clearTimeout(hint);
  process.removeListener('SIGINT', interrupt);
  process.removeListener('beforeExit', neverEnds);
  return await output.end(code);
}

function traceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\ncaused by: ${traceOf(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
