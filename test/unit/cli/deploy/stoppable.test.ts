import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { reportOn } from '../../../../src/cli/deploy/report.ts';
import { stoppable } from '../../../../src/cli/deploy/stoppable.ts';
import type { CommandContext } from '../../../../src/cli/frame/run-command.ts';
import { StackProblem } from '../../../../src/core/deploy/stack/stack-problem.ts';

function context() {
  const err = new PassThrough();
  const terminal = {
    out: new PassThrough(),
    err,
    input: new PassThrough(),
    env: {},
    isInteractive: false,
    showsProgress: false,
  };
  const signal = new AbortController().signal;
  return {
    context: { terminal, signal } as unknown as CommandContext,
    report: reportOn(terminal),
    text: () => String(err.read() ?? ''),
  };
}

describe('a command that changes stacks', () => {
  it('says what goes on in AWS when its connection is lost', async () => {
    const { context: given, report, text } = context();

    const run = stoppable('deploy', report, given, async () => {
      report.begins('one', 'updating');
      throw Object.assign(new Error('lost'), { code: 'ECONNRESET' });
    });

    await expect(run).rejects.toThrow('lost');
    expect(text()).toContain('CloudFormation goes on: one (updating). The same `macie-isolator deploy`');
  });

  it('shows the problem of a stack without what could steer the terminal', async () => {
    const { context: given, report, text } = context();

    const run = stoppable('deploy', report, given, async () => {
      throw new StackProblem('refused: \u001b[2J');
    });

    await expect(run).rejects.toThrow('refused: \\u001b[2J');
    expect(text()).toBe('');
  });
});
