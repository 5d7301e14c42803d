import type { Finding } from './finding.ts';

/** Macie, which is asked whether a finding is its own. */
export interface FindingsConfirmer {
  /**
   * Returns what Macie has under this id in this region: `not-actionable` if it is no finding about an object,
   * such as a sample, and `undefined` if Macie does not know the id. Throws `IsolationFaultError` if Macie
   * refuses to answer.
   */
  find(id: string, region: string): Promise<FindingAtMacie | 'not-actionable' | undefined>;
}

/** A finding as Macie's API returns it, reduced to the fields that a message must agree with. */
export type FindingAtMacie = Pick<Finding, 'id' | 'type' | 'severity' | 'object'>;
