import type { RefusedReason } from '../../core/outcome.ts';

/** What an error of AWS means to us. `transient`, `throttled` and `futile`, and so everything unknown, are retryable. */
export type Fault =
  | { readonly kind: 'absent' }
  /** The version named is a delete marker: absent to whoever reads, and no answer to a delete. */
  | { readonly kind: 'delete-marker' }
  /** No version can have such an id, S3 says. Other stores say it of versions that are gone, and of some that are there. */
  | { readonly kind: 'malformed-version' }
  | { readonly kind: 'no-such-bucket' }
  | { readonly kind: 'precondition-failed' }
  | { readonly kind: 'denied' }
  | { readonly kind: 'locked' }
  | { readonly kind: 'mfa-required' }
  /** The store does not know what was asked. */
  | { readonly kind: 'unsupported' }
  | { readonly kind: 'refused'; readonly reason: RefusedReason }
  /** The very same call can go well later, so that what was begun may be gone on with. */
  | { readonly kind: 'transient' }
  /** The same, once less is asked. */
  | { readonly kind: 'throttled' }
  /** The very same call cannot go well; another handling, from the start or with what people mended, may. */
  | { readonly kind: 'futile' };
