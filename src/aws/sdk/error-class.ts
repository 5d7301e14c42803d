import type { RefusedReason } from '../../core/outcome.ts';

/** The meaning of an AWS error. `transient`, `throttled` and `futile` are retryable, and so is every unknown error. */
export type ErrorClass =
  | { readonly kind: 'absent' }
  /** The named version is a delete marker: a read finds nothing, and it says nothing about a delete. */
  | { readonly kind: 'delete-marker' }
  /**
   * S3 says that no version can have such an id. Other stores say so about versions that are gone, and about
   * some versions that exist.
   */
  | { readonly kind: 'malformed-version' }
  | { readonly kind: 'no-such-bucket' }
  | { readonly kind: 'precondition-failed' }
  | { readonly kind: 'denied' }
  | { readonly kind: 'locked' }
  | { readonly kind: 'mfa-required' }
  /** The store does not know the request. */
  | { readonly kind: 'unsupported' }
  | { readonly kind: 'refused'; readonly reason: RefusedReason }
  /** The same call can succeed later, so unfinished work may be resumed. */
  | { readonly kind: 'transient' }
  /** The same call can succeed later, at a lower rate. */
  | { readonly kind: 'throttled' }
  /** The same call cannot succeed. Another handling, from the start or after a repair, can. */
  | { readonly kind: 'futile' };
