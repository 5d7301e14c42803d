import { makeVerifiedCopy } from '../copy/copy-object.ts';
import type { FlaggedObject } from '../finding.ts';
import type { StoredObject } from '../source-buckets.ts';
import { unlessRefused } from '../unless-refused.ts';
import { isNullVersion } from '../version-id.ts';
import type { Work } from '../work.ts';

/**
 * Copies a version besides the flagged version to its own isolation key, and verifies the copy. `stays`: the
 * version does not exist any more. `refused`: the version cannot be copied.
 */
export type CopyVersion = (
  versionId: string,
  stored: StoredObject,
) => Promise<'copied' | 'stays' | 'refused'>;

export function versionCopier(work: Work): CopyVersion {
  const { finding } = work;
  const { accountId, region, bucket, key } = finding.object;
  return async (versionId, stored) => {
    const object: FlaggedObject = {
      accountId,
      bucket,
      key,
      eTag: stored.eTag,
      sizeBytes: stored.sizeBytes,
      ...(region !== undefined && { region }),
      // The isolation key of a `null` version holds its ETag.
      ...(!isNullVersion(versionId) && { versionId }),
    };
    const copying = makeVerifiedCopy({ ...work, finding: { ...finding, object } }, stored);
    const copy = await unlessRefused(copying, 'refused');
    if (copy === 'refused') return 'refused';
    return copy === 'source-changed' ? 'stays' : 'copied';
  };
}
