import { RefusedError } from '../../core/errors.ts';
import type { FlaggedObject } from '../../core/finding.ts';
import type { IsolationBucket } from '../../core/isolation-bucket.ts';
import type { EvidenceReader } from '../../core/operate/records/evidence-reader.ts';
import { planRelease } from '../../core/operate/release/plan-release.ts';
import { versionsOfFinding } from '../../core/operate/release/versions-of-finding.ts';
import type { SourceBuckets } from '../../core/source-buckets.ts';
import { ambiguous, findingNamed } from '../finding-id.ts';
import type { ReleaseRow } from './release-rows.ts';

export interface PlanPorts {
  readonly evidence: EvidenceReader;
  readonly isolationBucket: IsolationBucket;
  readonly sourceBuckets: Pick<SourceBuckets, 'versioning'>;
}

/** Returns a row for each version that a release of this finding would put back, oldest first. */
export async function plannedRows(id: string, ports: PlanPorts): Promise<readonly ReleaseRow[]> {
  const { evidence, isolationBucket } = ports;
  const plan = await planRelease(findingNamed(id), evidence);
  switch (plan.kind) {
    case 'no-record':
      return [{ asked: id, findingId: id, result: noRecordText(plan), isDone: false }];
    case 'not-isolated':
      if (plan.isFenced) {
        const { findingId, object } = plan;
        const result = 'would be released where it is';
        return [{ asked: id, findingId, object, result, isDone: true, isInPlace: true }];
      }
      return [{ asked: id, findingId: id, result: `no copy: ${plan.outcomes.join(', ')}`, isDone: false }];
    case 'ambiguous':
      throw ambiguous(id, plan.candidates);
    case 'object':
      break;
  }
  const versions = await versionsOfFinding(plan, evidence, isolationBucket);
  const keepsVersions = versions.length === 1 || (await isVersioned(plan.object, ports));
  return versions.map(({ object, sourceLastModified }): ReleaseRow => {
    const row = { asked: id, findingId: plan.findingId, object };
    if (!keepsVersions && object !== plan.object) {
      return { ...row, result: 'stays isolated: its bucket keeps no versions', isDone: false, isLeft: true };
    }
    const at = sourceLastModified !== undefined && { sourceLastModified };
    return { ...row, result: 'would be put back', isDone: true, ...at };
  });
}

function noRecordText({ unreadable }: { readonly unreadable?: string }): string {
  return unreadable === undefined ? 'no record of this finding' : 'its record cannot be understood';
}

/** Where versions are not kept, each version that is put back would replace the one before. */
async function isVersioned(
  object: FlaggedObject,
  { sourceBuckets }: Pick<PlanPorts, 'sourceBuckets'>,
): Promise<boolean> {
  try {
    return (await sourceBuckets.versioning(object)) === 'enabled';
  } catch (error) {
    // The release itself says what is refused.
    if (error instanceof RefusedError) return true;
    throw error;
  }
}
