import { review } from '../../core/policy/review.ts';
import type { TestRun } from '../../core/policy/run-tests.ts';
import { type ExitCode, exitCode } from '../frame/exit-code.ts';
import { jsonText } from '../frame/json-text.ts';
import type { CommandContext } from '../frame/run-command.ts';
import { countText } from '../frame/size-text.ts';
import { type OpenedPolicy, openPolicyFile } from './open-policy.ts';
import { formatOf, githubOf, type Remark, textOf } from './remarks.ts';
import { failureOf, jsonOf, testPolicy, testsText } from './test-policy.ts';

export interface CheckFlags {
  readonly format?: string;
}

/** Checks a policy: whether it is valid, what it probably does not mean, and its tests. */
export async function runPolicyCheck(
  file: string,
  flags: CheckFlags,
  { terminal }: CommandContext,
): Promise<ExitCode> {
  const format = formatOf(flags.format);
  const opened = await openPolicyFile(file, terminal.env);
  const { read } = opened;
  const run = read.ok ? await testPolicy(read.policy, file) : undefined;
  const messages = [...messagesOf(opened), ...(read.ok && run ? failuresOf(run, read.places) : [])];
  const errors = messages.filter(({ level }) => level === 'error').length;
  if (format === 'json') {
    const hash = read.ok ? { hash: read.policy.hash } : {};
    terminal.out.write(`${jsonText({ valid: read.ok, ...hash, messages, ...(run && jsonOf(run)) }, 2)}\n`);
  } else {
    for (const message of messages) {
      terminal.out.write(format === 'github' ? githubOf(file, message) : textOf(file, opened.text, message));
    }
    if (format === 'text') terminal.out.write(summary(opened, run, errors));
  }
  return errors === 0 ? exitCode.done : exitCode.found;
}

function messagesOf({ read }: OpenedPolicy): Remark[] {
  if (!read.ok) {
    return read.problems.map(({ column, line, message }) => ({ level: 'error', line, column, message }));
  }
  return review(read.policy.document, new Date()).map(({ level, message, path }) => {
    return { level, ...read.places.value(path), message };
  });
}

function failuresOf(run: TestRun, places: Extract<OpenedPolicy['read'], { ok: true }>['places']): Remark[] {
  return run.results
    .filter(({ passed }) => !passed)
    .map((result) => ({
      level: 'error',
      ...places.value(['tests', result.index, 'name']),
      message: `The test ${JSON.stringify(result.test.name)} failed: ${failureOf(result).join('; ')}`,
    }));
}

function summary({ read }: OpenedPolicy, run: TestRun | undefined, errors: number): string {
  if (!read.ok || run === undefined) return `${countText(errors, 'problem')}\n`;
  const untested = run.untested.length === 0 ? '' : `No test meets: ${run.untested.join(', ')}\n`;
  return `${untested}Policy ${read.policy.hash}: ${testsText(run.results)}\n`;
}
