import { cannotStartLines, uncaughtErrorLine } from '../telemetry/start-problems.ts';
import { serviceVersion } from '../version.ts';

/** The lines that the worker writes to standard error before it can log: JSON like all others. */
export const startProblems = {
  cannotStart: (...problems: readonly string[]) => cannotStartLines(problems, serviceVersion),
  uncaught: (error: unknown) => uncaughtErrorLine(error, serviceVersion),
};
