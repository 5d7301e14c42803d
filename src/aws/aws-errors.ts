import { RetryableError } from '../core/errors.ts';
import type { RefusedReason } from '../core/outcome.ts';

/** What an error of AWS means to us. `retryable` is also what everything unknown means. */
export type Fault =
  | { readonly kind: 'absent' }
  | { readonly kind: 'no-such-bucket' }
  | { readonly kind: 'precondition-failed' }
  | { readonly kind: 'denied' }
  | { readonly kind: 'locked' }
  | { readonly kind: 'mfa-required' }
  | { readonly kind: 'unsupported' }
  | { readonly kind: 'refused'; readonly reason: RefusedReason }
  | { readonly kind: 'retryable' };

const refused = (reason: RefusedReason): Fault => ({ kind: 'refused', reason });
const retryableFault: Fault = { kind: 'retryable' };

/**
 * By name and not by status: a 200 with an error in its body arrives with status 503 but its own name
 * (aws-facts 2, CopyObject).
 */
const faults: Readonly<Record<string, Fault>> = {
  NotFound: { kind: 'absent' },
  NoSuchKey: { kind: 'absent' },
  NoSuchVersion: { kind: 'absent' },
  NoSuchBucket: { kind: 'no-such-bucket' },
  PreconditionFailed: { kind: 'precondition-failed' },
  AccessDenied: { kind: 'denied' },
  AllAccessDisabled: { kind: 'denied' },
  AccountProblem: { kind: 'denied' },
  NotImplemented: { kind: 'unsupported' },
  InvalidObjectState: refused('archived-storage-class'),
  ObjectNotInActiveTierError: refused('archived-storage-class'),
  PermanentRedirect: refused('cross-region'),
  AuthorizationHeaderMalformed: refused('cross-region'),
  'KMS.DisabledException': refused('source-key-unusable'),
  'KMS.NotFoundException': refused('source-key-unusable'),
  'KMS.KMSInvalidStateException': refused('source-key-unusable'),
  'KMS.InvalidStateException': refused('source-key-unusable'),
  'KMS.KeyUnavailableException': refused('source-key-unusable'),
  KMSDisabledException: refused('source-key-unusable'),
  KMSNotFoundException: refused('source-key-unusable'),
  KMSInvalidStateException: refused('source-key-unusable'),
};

/** What has no name of its own and is told by its message. */
const faultsByMessage: readonly (readonly [name: string, message: RegExp, fault: Fault])[] = [
  ['AccessDenied', /\bMfa\b/i, { kind: 'mfa-required' }],
  ['AccessDenied', /\bobject lock\b/i, { kind: 'locked' }],
  ['AccessDenied', /\bkms:/i, refused('source-key-unusable')],
  // An SSE-C object that is asked for without its key.
  ['InvalidRequest', /form of Server Side Encryption/i, refused('sse-c')],
];

/** HEAD errors have no body and so no name, but for 404 (aws-facts 2, errors). */
const faultsOfHead: Readonly<Record<number, Fault>> = {
  301: refused('cross-region'),
  404: { kind: 'absent' },
  // The version named is a delete marker.
  405: { kind: 'absent' },
  412: { kind: 'precondition-failed' },
};

export function faultOf(error: unknown): Fault {
  const name = errorName(error);
  const byMessage = faultsByMessage.find(([of, message]) => of === name && message.test(messageOf(error)));
  return byMessage?.[2] ?? faults[name] ?? retryableFault;
}

/** `undefined`: the status alone does not tell. A 400 can be SSE-C or an expired token, a 403 a denial or a bad clock. */
export function faultOfHead(error: unknown): Fault | undefined {
  const named = faultOf(error);
  if (named.kind !== 'retryable') return named;
  const status = statusOf(error);
  const nameless = errorName(error) === 'Unknown' || errorName(error) === '400' || errorName(error) === '403';
  if (!nameless || status === undefined) return named;
  return status === 400 || status === 403 ? undefined : (faultsOfHead[status] ?? named);
}

/** Answered with a 4xx, yet the very same call can go well later. */
const transientAlthough4xx: ReadonlySet<string> = new Set([
  'ExpiredToken',
  'ExpiredTokenException',
  'RequestTimeTooSkewed',
  'RequestTimeout',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
]);

/** Whether what was begun may be gone on with: the network, throttling, a fault of AWS, credentials that ran out. */
export function isTransient(error: unknown): boolean {
  const status = statusOf(error);
  const isClientFault = status !== undefined && status >= 400 && status < 500;
  if (transientAlthough4xx.has(errorName(error))) return true;
  return !isClientFault && faultOf(error).kind === 'retryable';
}

export function retryable(error: unknown, doing: string): RetryableError {
  if (error instanceof RetryableError) return error;
  return new RetryableError(errorName(error), `${doing} failed`, { cause: error });
}

/** The error's code as AWS gives it, or the class of a network error. */
export function errorName(error: unknown): string {
  if (!(error instanceof Error)) return 'UnknownError';
  const { code } = error as { code?: unknown };
  if (error.name === 'Error' && typeof code === 'string') return code;
  return error.name;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : '';
}

function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
}
