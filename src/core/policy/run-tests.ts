import type { Finding } from '../finding.ts';
import { type Explanation, explain } from './explain.ts';
import type { Policy } from './policy.ts';
import type { TestDocument } from './schema.ts';
import { findingFrom } from './test-finding.ts';

/** The result of one test of a policy. */
export interface TestResult {
  readonly test: TestDocument;
  /** The position in the block `tests`. */
  readonly index: number;
  readonly passed: boolean;
  /** Absent if the finding's file cannot be used. */
  readonly explanation?: Explanation;
  /** Why the finding's file cannot be used. */
  readonly problem?: string;
}

export interface TestRun {
  readonly results: readonly TestResult[];
  /** The names of rules and entries of `never` that no test meets. */
  readonly untested: readonly string[];
}

/** Reads the finding of a file that a test names. Returns a sentence if that is not possible. */
export type ReadFinding = (path: string) => Promise<Finding | string>;

/** Runs the tests of a policy as if their findings came now. */
export async function runPolicyTests(policy: Policy, at: Date, readFinding: ReadFinding): Promise<TestRun> {
  const { never = [], rules, tests = [] } = policy.document;
  const results: TestResult[] = [];
  for (const [index, test] of tests.entries())
    results.push(await runTest(policy, test, index, at, readFinding));
  const met = new Set(results.flatMap(({ explanation }) => (explanation ? namesIn(explanation) : [])));
  const names = [...never.map(({ name }) => name), ...rules.map(({ name }) => name)];
  return { results, untested: names.filter((name) => !met.has(name)) };
}

async function runTest(
  policy: Policy,
  test: TestDocument,
  index: number,
  at: Date,
  readFinding: ReadFinding,
): Promise<TestResult> {
  const short = typeof test.finding === 'string' ? undefined : test.finding;
  const finding =
    typeof test.finding === 'string' ? await readFinding(test.finding) : findingFrom(test.finding);
  if (typeof finding === 'string') return { test, index, passed: false, problem: finding };
  const explanation = explain(policy, finding, { at, ...(short?.origin && { origin: short.origin }) });
  const { action, rule } = test.expect;
  const isRule = rule === undefined || namesIn(explanation).includes(rule);
  return { test, index, passed: isRule && explanation.decision.action === action, explanation };
}

/** The rule that chose the action, and the entry of `never` that changed it. A test may expect either. */
function namesIn({ decision }: Explanation): readonly string[] {
  return [decision.rule, ...(decision.exception ? [decision.exception.name] : [])];
}
