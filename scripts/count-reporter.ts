import type { SerializedError } from 'vitest';
import type { Reporter, TestModule, TestRunEndReason } from 'vitest/node';

/** What a run came to, as its closing line says it. */
interface Count {
  passed: number;
  failed: number;
}

/**
 * Ends the output of a run with `N passed, N failed` alone on a line. Failed counts more than tests:
 * modules that did not load or hold no test, failing hooks, errors outside of tests, an interrupted run.
 * Printed when the process exits, for the coverage table comes after the end of the run.
 */
export default class CountReporter implements Reporter {
  onTestRunEnd(
    modules: readonly TestModule[],
    unhandledErrors: readonly SerializedError[],
    reason: TestRunEndReason,
  ): void {
    const count = { passed: 0, failed: unhandledErrors.length };
    for (const module of modules) addModule(count, module);
    if (count.failed === 0 && (reason !== 'passed' || modules.length === 0)) count.failed = 1;
    process.once('exit', () => process.stdout.write(`\n${count.passed} passed, ${count.failed} failed\n`));
  }
}

function addModule(count: Count, module: TestModule): void {
  const tests = [...module.children.allTests()];
  count.passed += tests.filter((test) => test.result().state === 'passed').length;
  count.failed += tests.filter((test) => test.result().state === 'failed').length;
  count.failed += module.errors().length;
  for (const suite of module.children.allSuites()) count.failed += suite.errors().length;
  // A module without tests shows nothing, and one that was never run has shown nothing.
  const silent = tests.length === 0 || module.state() === 'pending' || module.state() === 'queued';
  if (silent && module.errors().length === 0) count.failed += 1;
}
