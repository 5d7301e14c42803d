import type { RefusedReason } from './outcome.ts';

/**
 * A failure that may pass: throttling, a timeout, a conflict, an unknown error. The message backs off. `code`
 * is the error code that people see if it never passes.
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
 * The isolation side (its bucket, its key, the worker's role) refuses a call although the message is sound.
 * It would refuse the next message too, until an operator repairs the cause.
 */
export class IsolationFaultError extends RetryableError {
  override readonly name = 'IsolationFaultError';
}

/** The handling was interrupted: the message is handed back, and the copy resumes from its finished parts later. */
export class HandedBackError extends RetryableError {
  override readonly name: string = 'HandedBackError';

  constructor(code = 'HandedBack', message = 'the copy is left to be resumed') {
    super(code, message);
  }
}

/** The service is paused, and no work was begun. */
export class PausedError extends HandedBackError {
  override readonly name = 'PausedError';

  constructor() {
    super('Paused', 'the service is paused, and the finding goes back to the queue');
  }
}

/** The tag of a fence may be left on other bytes, because a call failed after it was put. */
export class FenceInDoubtError extends RetryableError {
  override readonly name = 'FenceInDoubtError';

  constructor(cause: unknown) {
    super(errorCode(cause), 'the tag of a fence may be left on other bytes', { cause });
  }
}

/** The source cannot be copied, and a retry cannot help: the outcome is `refused`. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly reason: RefusedReason;

  constructor(reason: RefusedReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

/**
 * Returns the error code of any error, fit for records and dead-letter attributes. It never contains the text
 * of the error.
 */
export function errorCode(error: unknown): string {
  if (error instanceof RetryableError) return error.code;
  return error instanceof Error ? error.name : 'UnknownError';
}
