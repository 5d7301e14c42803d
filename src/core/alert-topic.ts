import type { Alert } from './alert.ts';
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

/** What a digest sums up of one finding. */
export interface DigestEntry {
  readonly outcome: FoldedOutcome;
  readonly finding: RecordedFinding & Partial<Finding>;
  readonly messageId: string;
  readonly rule: string;
  /** The ARN of the topic of the rule. */
  readonly topic?: string;
}
