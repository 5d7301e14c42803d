import { RetryableError } from '../../core/errors.ts';
import type { ErrorClass } from './error-class.ts';
import { errorClassByName } from './error-class-by-name.ts';
import { errorClassByText } from './error-class-by-text.ts';

/** Errors of HEAD have no body, and therefore no name except for 404 (aws-facts 2, errors). */
const classesOfHead: ReadonlyMap<number | undefined, ErrorClass> = new Map([
  [404, { kind: 'absent' }],
  [405, { kind: 'delete-marker' }],
  [412, { kind: 'precondition-failed' }],
  [503, { kind: 'throttled' }],
]);

export function errorClassOf(error: unknown): ErrorClass {
  const name = awsErrorName(error);
  return errorClassByText(name, messageOf(error)) ?? errorClassByName(name) ?? unknownClass(statusOf(error));
}

/** A 4xx says that the call itself was wrong. An error without a status is a network error. */
function unknownClass(status = 500): ErrorClass {
  if (status === 408) return { kind: 'transient' };
  if (status === 429) return { kind: 'throttled' };
  return { kind: status >= 400 && status < 500 ? 'futile' : 'transient' };
}

/**
 * A status that has several causes: a 400 can be SSE-C or an expired token, a 403 a denial or a wrong clock,
 * a 301 another region or a redirect by a proxy.
 */
const undecided: ReadonlySet<number | undefined> = new Set([301, 400, 403]);

/** Returns `undefined` if only a read of the object can tell the cause. */
export function errorClassOfHead(error: unknown): ErrorClass | undefined {
  if (!nameless.has(awsErrorName(error))) return errorClassOf(error);
  const status = statusOf(error);
  return undecided.has(status) ? undefined : (classesOfHead.get(status) ?? errorClassOf(error));
}

/** The names that the SDK gives to an error without a body, or with a body that is not XML, as gateways send it. */
const nameless: ReadonlySet<string> = new Set([
  'Unknown',
  'UnknownError',
  'Error',
  '400',
  '403',
  'Forbidden',
]);

/**
 * Whether unfinished work may be resumed after this error: an error of the network, throttling, a failure of
 * AWS, or expired credentials.
 */
export function isTransient(error: unknown): boolean {
  const { kind } = errorClassOf(error);
  return kind === 'transient' || kind === 'throttled';
}

/**
 * Returns `undefined` if there was no answer, or if the answer says nothing about the load that the service
 * accepts.
 */
export function isThrottled(error: unknown): boolean | undefined {
  const status = statusOf(error);
  if (status === undefined) return undefined;
  if (errorClassOfHead(error)?.kind === 'throttled') return true;
  return status < 500 ? false : undefined;
}

/** Whether the error is an answer to the question: the object is absent, unchanged, or does not meet the condition. */
export function isAnswer(error: unknown): boolean {
  if (statusOf(error) === 304) return true;
  const kind = errorClassOfHead(error)?.kind;
  return kind === 'absent' || kind === 'delete-marker' || kind === 'precondition-failed';
}

/**
 * Whether S3 answers to a GET that the object is absent: then it names the key. The SDK makes `NotFound` of every 404
 * without a name, and such an answer to a GET comes from a proxy.
 */
export function saysNoSuchKey(error: unknown): boolean {
  return awsErrorName(error) === 'NoSuchKey';
}

/**
 * Whether the store does not support the call as it is. Then an option that the store does not know can be
 * left out, if another mechanism replaces it.
 */
export function isNotTaken(error: unknown): boolean {
  const { kind } = errorClassOf(error);
  if (kind !== 'futile') return kind === 'unsupported';
  const name = awsErrorName(error);
  return (
    name === 'InvalidArgument' ||
    name === 'InvalidRequest' ||
    (errorClassByName(name) === undefined && statusOf(error) === 400)
  );
}

export function retryable(error: unknown, doing: string): RetryableError {
  if (error instanceof RetryableError) return error;
  return new RetryableError(awsErrorCode(error), `${doing} failed`, { cause: error });
}

/**
 * The code that people see in logs and metrics. An error of HEAD has no name, but its status says more than
 * "Unknown".
 */
export function awsErrorCode(error: unknown): string {
  // An error of our own, about an answer that is not from AWS, has a code of its own.
  if (error instanceof RetryableError) return error.code;
  const status = statusOf(error);
  return nameless.has(awsErrorName(error)) && status !== undefined ? `HTTP${status}` : awsErrorName(error);
}

/** The code that AWS gives to the error, or the class of a network error. */
export function awsErrorName(error: unknown): string {
  if (!(error instanceof Error)) return 'UnknownError';
  const { code } = error as { code?: unknown };
  if (error.name === 'Error' && typeof code === 'string') return code;
  return error.name;
}

/** Whether AWS denies the call. Services other than S3 have two words for it, and a denial of theirs has no other meaning. */
export function isAccessDenied(error: unknown): boolean {
  return ['AccessDenied', 'AccessDeniedException'].includes(awsErrorName(error));
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : '';
}

export function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
}
