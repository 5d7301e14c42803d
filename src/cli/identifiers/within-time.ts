import { runInNewContext } from 'node:vm';

/** Long enough for any text of a test. A pattern that takes longer would take much longer at Macie's objects. */
const limitMs = 2_000;

/**
 * Returns the result, or `undefined` if the calculation takes too long: a regular expression can take time without end, and
 * nothing else of the process runs meanwhile, not even Ctrl-C. V8 stops a script of a context at any point, also in what it calls.
 */
export function withinTime<Result>(calculate: () => Result, timeout = limitMs): Result | undefined {
  try {
    return runInNewContext('calculate()', { calculate }, { timeout }) as Result;
  } catch (error) {
    // An error of another context is no `Error` of this one.
    if ((error as { readonly code?: unknown }).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return undefined;
    throw error;
  }
}
