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

/**
 * The isolation side (its bucket, its key, our role) refuses what is no fault of the message: the next one
 * would be refused as well, until an operator mends it.
 */
export class IsolationFaultError extends RetryableError {
  override readonly name = 'IsolationFaultError';
}

/** Nothing failed: the message is given back, and what was copied so far is gone on with later. */
export class HandedBackError extends RetryableError {
  override readonly name: string = 'HandedBackError';

  constructor(code = 'HandedBack', message = 'the copy is left to be resumed') {
    super(code, message);
  }
}

/** The service is paused: nothing was begun. */
export class PausedError extends HandedBackError {
  override readonly name = 'PausedError';

  constructor() {
    super('Paused', 'the service is paused, and the finding goes back to the queue');
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
