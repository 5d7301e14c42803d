import { StackProblem } from '../../core/deploy/stack/stack-problem.ts';
import { CommandError } from '../frame/command-error.ts';
import type { ExitCode } from '../frame/exit-code.ts';
import type { CommandContext } from '../frame/run-command.ts';
import { visible } from '../frame/terminal.ts';
import type { StackReport } from './report.ts';

/**
 * Runs a command that changes stacks. When it is stopped, it says what CloudFormation goes on with. The sentence of a stack's
 * problem can hold text of AWS, so it is made safe to show.
 */
export async function stoppable(
  command: string,
  report: StackReport,
  { signal, terminal }: CommandContext,
  work: () => Promise<ExitCode>,
): Promise<ExitCode> {
  try {
    return await work();
  } catch (error) {
    // A lost connection or expired credentials stop the command as well, and no stack.
    const isStopped = signal.aborted || report.underWay() !== undefined;
    if (isStopped) terminal.err.write(stoppedText(report, command));
    if (!(error instanceof StackProblem)) throw error;
    throw new CommandError(visible(error.message), undefined, { cause: error });
  }
}

function stoppedText(report: StackReport, command: string): string {
  const current = report.underWay();
  const state =
    current === undefined
      ? 'Nothing is under way in AWS.'
      : `CloudFormation goes on: ${current.stack} (${current.doing}).`;
  return `\nStopped. ${visible(state)} The same \`macie-isolator ${command}\` command continues from here.\n`;
}
