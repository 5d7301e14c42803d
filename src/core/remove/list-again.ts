import { RetryableError } from '../errors.ts';
import type { ObjectAddress } from '../finding.ts';
import type { ListedVersion, SourceBuckets } from '../source-buckets.ts';
import { unlessRefused } from '../unless-refused.ts';

/**
 * Lists again because a listing showed versions that a HEAD or a copy then did not find. If the listing is still the same, a
 * proxy may have answered 404 for existing versions. So may it have done if the versions may not be listed again. Throws
 * `RetryableError` if others have changed the key meanwhile: what was chosen from the listing is out of date.
 */
export async function listAgain(
  lacked: readonly ListedVersion[],
  listed: readonly ListedVersion[],
  object: ObjectAddress,
  sourceBuckets: SourceBuckets,
): Promise<void> {
  if (lacked.length === 0) return;
  const later = await unlessRefused(sourceBuckets.listVersions(object), undefined);
  if (later === undefined || namesOf(later) === namesOf(listed)) return;
  throw new RetryableError('SourceInFlux', 'the versions of the key changed while they were compared');
}

function namesOf(listed: readonly ListedVersion[]): string {
  return listed.map(({ eTag, isMarker, versionId }) => `${versionId} ${isMarker} ${eTag}`).join('\n');
}
