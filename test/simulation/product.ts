import { IsolationFaultError, RefusedError, RetryableError } from '../../src/core/errors.ts';
import { handleFinding } from '../../src/core/handle-finding.ts';
import { release } from '../../src/core/operate/release/release.ts';
import { settle } from '../../src/core/settle.ts';

/** The code under test. A test can load another build of it, with a guard taken out. */
export interface Product {
  readonly handleFinding: typeof handleFinding;
  readonly settle: typeof settle;
  readonly release: typeof release;
  readonly RetryableError: typeof RetryableError;
  readonly RefusedError: typeof RefusedError;
  readonly IsolationFaultError: typeof IsolationFaultError;
}

export const product: Product = {
  handleFinding,
  settle,
  release,
  RetryableError,
  RefusedError,
  IsolationFaultError,
};
