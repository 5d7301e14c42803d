import type { AlertDigests, AlertTopic } from './alert-topic.ts';
import type { FencePorts } from './fences.ts';
import type { FindingsConfirmer } from './findings-confirmer.ts';
import type { IsolationBucket } from './isolation-bucket.ts';
import type { IsolationBudget, IsolationLimits } from './isolation-budget.ts';
import type { Observer } from './observer.ts';
import type { OutcomeBus } from './outcome-event.ts';
import type { SourceBuckets, SourceRoom } from './source-buckets.ts';

/**
 * Everything that the core needs from outside; the adapters implement it. Every method throws
 * `RetryableError` for a failure that may pass, and `RefusedError` for a cause that the owner of the source
 * must repair first. Expected ends are returned.
 */
export interface Ports {
  readonly sourceBuckets: SourceBuckets;
  readonly isolationBucket: IsolationBucket;
  readonly alerts: AlertTopic;
  /** If absent, every alert is sent at once. */
  readonly digests?: AlertDigests;
  readonly budget: IsolationBudget;
  readonly limits: IsolationLimits;
  /** If absent, findings are trusted as they come. */
  readonly confirmer?: FindingsConfirmer;
  /** If absent, every source has room. */
  readonly sourceRoom?: SourceRoom;
  /** If absent, outcomes are sent to no bus. */
  readonly outcomeBus?: OutcomeBus;
  /** If absent, nothing is fenced. */
  readonly fencing?: FencePorts;
  readonly clock: () => Date;
  readonly observer: Observer;
}
