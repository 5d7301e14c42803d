import { FenceInDoubtError } from '../errors.ts';
import { isReleased, releaseMark } from '../evidence/release-records.ts';
import type { Finding } from '../finding.ts';
import type { Ports } from '../ports.ts';
import type { StoredObject } from '../source-buckets.ts';
import { fenceOf } from './fence-flagged.ts';
import { putFence } from './put-fence.ts';

/**
 * Fences the flagged version before it is copied, so that it is out of reach while a long copy lasts. Returns the
 * version with its own tags, so that they need not be read again for the copy. What fails here must not delay the
 * isolation: what stays at its end is fenced then. Only a tag that may be left on other bytes brings the message again.
 */
export async function fenceBeforeCopy(
  finding: Finding,
  stored: StoredObject,
  ports: Ports,
  isLast: boolean,
): Promise<{ readonly stored: StoredObject; readonly isNew: boolean } | 'released'> {
  const { fencing, isolationBucket } = ports;
  const { versionId, eTag } = stored;
  if (fencing === undefined) return { stored, isNew: false };
  try {
    const put = await putFence(
      finding,
      { eTag, ...(versionId !== undefined && { versionId }) },
      {
        ...ports,
        tags: fencing.tags,
        // Other objects must not cost a call. The copy finds out about a release whose mark was taken away.
        isReleased: async (tags) =>
          tags.some(([name]) => name === releaseMark) &&
          (await isReleased(finding.object, stored, isolationBucket)),
      },
    );
    if (put.kind === 'released') return 'released';
    if (put.kind === 'gone') return { stored, isNew: false };
    const isNew = put.kind === 'tagged' && put.isNew;
    ports.observer.fenceDone(finding, await fenceOf(put.kind, finding, ports), isNew);
    return { stored: put.kind === 'open' ? stored : { ...stored, ownTags: put.ownTags }, isNew };
  } catch (error) {
    // The copy meets the same fault if it is one of the source.
    if (error instanceof FenceInDoubtError) {
      if (!isLast) throw error;
      ports.observer.fenceMayBeLeft(finding);
    }
  }
  return { stored, isNew: false };
}
