import { cannotStartLines, uncaughtErrorLine } from '../telemetry/start-problems.ts';
import { serviceVersion } from '../version.ts';

/** What the worker says on standard error before it can log, as JSON lines like all others. */
export const startProblems = {
  cannotStart: (...problems: readonly string[]) => cannotStartLines(problems, serviceVersion),
  uncaught: (error: unknown) => uncaughtErrorLine(error, serviceVersion),
};
