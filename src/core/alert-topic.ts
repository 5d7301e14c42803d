import type { Alert } from './alert.ts';
import type { Fence } from './fences.ts';
import type { Finding, RecordedFinding } from './finding.ts';
import type { FoldedOutcome } from './outcome.ts';

/** The destination of alerts. Returns `none` if no topic is set; throws `RetryableError` within 5 s. */
export interface AlertTopic {
  publish(alert: Alert): Promise<'sent' | 'none'>;
}

/** Sums up alerts when there are many of them, so that people keep reading. */
export interface AlertDigests {
  /**
   * Returns `undefined` if the alert is to be sent at once. Otherwise the finding is summed up with others: resolves once
   * their digest was accepted, and rejects with `RetryableError` if it was not. `noted`: the finding is in a digest, which
   * nobody has to wait for.
   */
  fold(entry: DigestEntry): Promise<void> | 'noted' | undefined;
}

/** As much of a fence as a digest tells. */
export interface FenceSeen {
  readonly fence: Fence;
  /** Whether the fence contains the flagged bytes: it is proved, and no other version and no replica may hold them. */
  readonly isContained: boolean;
}

/** What a digest sums up of one finding. */
export interface DigestEntry {
  readonly outcome: FoldedOutcome;
  readonly finding: RecordedFinding & Partial<Finding>;
  readonly messageId: string;
  readonly rule: string;
  /** Absent if the worker did not try to fence the object. */
  readonly fence?: FenceSeen;
  /** The policy fences the object, and nothing was there to fence. */
  readonly isWithoutFence?: true;
  /** The ARN of the topic of the rule. */
  readonly topic?: string;
}
