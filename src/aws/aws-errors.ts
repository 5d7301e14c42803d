import { RetryableError } from '../core/errors.ts';
import type { RefusedReason } from '../core/outcome.ts';

/** What an error of S3 means to us. `retryable` is also what everything unknown means. */
export type Fault =
  | { readonly kind: 'absent' }
  | { readonly kind: 'no-such-bucket' }
  | { readonly kind: 'precondition-failed' }
  | { readonly kind: 'denied' }
  | { readonly kind: 'mfa-required' }
  | { readonly kind: 'unsupported' }
  | { readonly kind: 'refused'; readonly reason: RefusedReason }
  | { readonly kind: 'retryable' };

const refused = (reason: RefusedReason): Fault => ({ kind: 'refused', reason });

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
  NotImplemented: { kind: 'unsupported' },
  InvalidObjectState: refused('archived-storage-class'),
  ObjectNotInActiveTierError: refused('archived-storage-class'),
  PermanentRedirect: refused('cross-region'),
  'KMS.DisabledException': refused('source-key-unusable'),
  'KMS.NotFoundException': refused('source-key-unusable'),
  'KMS.KMSInvalidStateException': refused('source-key-unusable'),
  'KMS.InvalidStateException': refused('source-key-unusable'),
};

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
  const known = faults[name];
  // MFA delete has no name of its own.
  if (known?.kind === 'denied' && /\bMfa\b/i.test(messageOf(error))) return { kind: 'mfa-required' };
  // Neither has an SSE-C object that is asked for without its key.
  if (name === 'InvalidRequest' && /form of Server Side Encryption/i.test(messageOf(error)))
    return refused('sse-c');
  return known ?? { kind: 'retryable' };
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
