import type { Finding } from '../finding.ts';

export type Action = 'isolate' | 'alert' | 'ignore';

export interface Decision {
  readonly action: Action;
  /** The rule that chose the action, for records and alerts. */
  readonly rule: string;
}

/** Decides what to do about a finding. Pure: the same finding gets the same answer. */
export type Decide = (finding: Finding) => Decision;

/**
 * The default policy, which is the policy of the original demo: High findings are isolated, and all others
 * alert people.
 */
export const decideByDefault: Decide = (finding) =>
  finding.severity === 'High'
    ? { action: 'isolate', rule: 'high-severity' }
    : { action: 'alert', rule: 'default' };
