import { RetryableError } from '../errors.ts';
import type { ObjectAddress } from '../finding.ts';
import type { ListedVersion, SourceBuckets } from '../source-buckets.ts';
import { unlessRefused } from '../unless-refused.ts';

export interface ListedAgain {
  /** The versions that the new listing still shows with the same ETag. */
  readonly there: readonly ListedVersion[];
  /** The new listing. It is absent if there was no need to list again, or if the versions may not be listed again. */
  readonly later?: readonly ListedVersion[];
}

/**
 * Lists again because a listing showed versions that a HEAD or a copy then did not find. Others may have removed them
 * in between, or a proxy answered 404 for an existing version. If the versions may not be listed again, all of them may
 * still be there. Throws `RetryableError` if others have put a version meanwhile.
 */
export async function listAgain(
  lacked: readonly ListedVersion[],
  listed: readonly ListedVersion[],
  object: ObjectAddress,
  sourceBuckets: SourceBuckets,
): Promise<ListedAgain> {
  if (lacked.length === 0) return { there: [] };
  const later = await unlessRefused(sourceBuckets.listVersions(object), undefined);
  if (later === undefined) return { there: lacked };
  const isAmong = (versions: readonly ListedVersion[], { eTag, versionId }: ListedVersion) =>
    versions.some((each) => !each.isMarker && each.versionId === versionId && each.eTag === eTag);
  // What was chosen from the listing is out of date.
  if (later.some((now) => !now.isMarker && !isAmong(listed, now)))
    throw new RetryableError('SourceInFlux', 'a version was put while the versions of the key were compared');
  return { there: lacked.filter((version) => isAmong(later, version)), later };
}
