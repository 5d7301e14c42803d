import type { RefusedReason } from './outcome.ts';

/**
 * Something failed that may go well later: throttling, a timeout, a conflict, an unknown error. The
 * message goes back to the queue. `code` is the name that people see when it never goes well.
 */
export class RetryableError extends Error {
  override readonly name: string = 'RetryableError';
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The source cannot be copied, and trying again cannot help: the outcome `refused`. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly reason: RefusedReason;

  constructor(reason: RefusedReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

/** A stable name for any error, fit for records and dead-letter attributes: never its message. */
export function errorCode(error: unknown): string {
  if (error instanceof RetryableError) return error.code;
  return error instanceof Error ? error.name : 'UnknownError';
}
