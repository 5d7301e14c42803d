import { dirname, resolve } from 'node:path';
import { parseFinding } from '../../core/parse/parse-finding.ts';
import type { EntryExplanation } from '../../core/policy/explain.ts';
import type { Policy } from '../../core/policy/policy.ts';
import { runPolicyTests, type TestResult, type TestRun } from '../../core/policy/run-tests.ts';
import { CommandError } from '../frame/command-error.ts';
import { type ExitCode, exitCode } from '../frame/exit-code.ts';
import { readTextFile } from '../frame/input-file.ts';
import { jsonText } from '../frame/json-text.ts';
import type { CommandContext } from '../frame/run-command.ts';
import { countText } from '../frame/size-text.ts';
import { visible } from '../frame/terminal.ts';
import { openPolicyFile, validPolicy } from './open-policy.ts';

export interface TestFlags {
  readonly json?: boolean;
}

/** Runs the tests that a policy holds. */
export async function runPolicyTest(
  file: string,
  flags: TestFlags,
  { terminal }: CommandContext,
): Promise<ExitCode> {
  const { policy } = validPolicy(await openPolicyFile(file, terminal.env));
  const run = await testPolicy(policy, file);
  terminal.out.write(flags.json ? `${jsonText(jsonOf(run), 2)}\n` : textOf(run));
  return run.results.every(({ passed }) => passed) ? exitCode.done : exitCode.found;
}

/** Files of findings are named from the folder of the policy. */
export function testPolicy(policy: Policy, file: string): Promise<TestRun> {
  return runPolicyTests(policy, new Date(), async (path) => {
    try {
      const parsed = parseFinding(await readTextFile(resolve(dirname(file), path)), new Date());
      if (parsed.kind === 'finding') return parsed.finding;
      return `${path} holds no finding that is acted on (${parsed.reason}).`;
    } catch (error) {
      if (error instanceof CommandError) return error.message;
      throw error;
    }
  });
}

/** Why a test failed: what was decided in place of what, and what each rule says. */
export function failureOf({ explanation, problem, test }: TestResult): string[] {
  if (explanation === undefined) return [problem ?? ''];
  const { decision, entries } = explanation;
  const { action, rule } = test.expect;
  const expected = rule === undefined ? action : `${action} by ${rule}`;
  const by = decision.exception?.name ?? decision.rule;
  return [`expected ${expected}, got ${decision.action} by ${by}`, ...entries.map(entryText)];
}

export function entryText({ because, name, result }: EntryExplanation): string {
  if (because === undefined) return `${name}: ${result}`;
  const { condition, seen, wanted } = because;
  return `${name}: ${result}, ${condition} is to be ${wanted}, seen: ${seen}`;
}

export function jsonOf({ results, untested }: TestRun) {
  return {
    tests: results.map((result) => ({
      name: result.test.name,
      passed: result.passed,
      ...(!result.passed && { why: failureOf(result) }),
    })),
    untested,
  };
}

export function textOf({ results, untested }: TestRun): string {
  const lines = results.flatMap((result) => [
    `${result.passed ? 'ok    ' : 'FAILED'}  ${visible(result.test.name)}`,
    ...(result.passed ? [] : failureOf(result).map((line) => `          ${visible(line)}`)),
  ]);
  const coverage = untested.length === 0 ? [] : [`No test meets: ${untested.map(visible).join(', ')}`];
  return [...lines, ...coverage, testsText(results), ''].join('\n');
}

/** `2 tests passed, 1 failed`. */
export function testsText(results: TestRun['results']): string {
  const failed = results.filter(({ passed }) => !passed).length;
  return `${countText(results.length - failed, 'test')} passed, ${failed} failed`;
}
