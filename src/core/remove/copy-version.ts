import { makeVerifiedCopy } from '../copy/copy-object.ts';
import { RefusedError } from '../errors.ts';
import type { FlaggedObject } from '../finding.ts';
import type { StoredObject } from '../ports.ts';
import type { Work } from '../work.ts';

/**
 * Copies a version beside the flagged one to a key of its own, and proves the copy. `stays`: it is not there
 * any more. `refused`: it cannot be copied.
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
      // `null` identifies nothing: such a version's copy is named by its ETag, as that of a flagged one is.
      ...(versionId !== 'null' && { versionId }),
    };
    try {
      const copy = await makeVerifiedCopy({ ...work, finding: { ...finding, object } }, stored);
      return copy === 'source-changed' ? 'stays' : 'copied';
    } catch (error) {
      if (error instanceof RefusedError) return 'refused';
      throw error;
    }
  };
}
