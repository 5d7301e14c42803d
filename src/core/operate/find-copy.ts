import type { IsolationBucket } from '../isolation-bucket.ts';
import type { EvidenceReader } from './records/evidence-reader.ts';
import type { FindingName } from './records/finding-name.ts';
import { planRelease, type ReleasePlan } from './release/plan-release.ts';
import { type CopySeen, lookAtCopy } from './story/look-at-copy.ts';

export type CopyFound =
  | Exclude<ReleasePlan, { kind: 'object' }>
  /** `isolationKey` is that of the record. */
  | {
      readonly kind: 'copy';
      readonly findingId: string;
      readonly isolationKey: string;
      readonly copy: CopySeen;
    };

/** Finds the copy that a name leads to, as a release would, and looks at it. */
export async function findCopy(
  name: FindingName,
  evidence: EvidenceReader,
  isolationBucket: IsolationBucket,
): Promise<CopyFound> {
  const plan = await planRelease(name, evidence);
  if (plan.kind !== 'object') return plan;
  const { findingId, isolationKey, object } = plan;
  const copy = await lookAtCopy(object, [isolationKey], isolationBucket);
  return { kind: 'copy', findingId, isolationKey, copy };
}
