import { RetryableError } from '../errors.ts';
import type { ObjectAddress } from '../finding.ts';
import type { VersionSeen } from '../isolation.ts';
import type { DeleteAnswer, SourceBuckets } from '../source-buckets.ts';
import { unlessRefused } from '../unless-refused.ts';
import { isNullVersion, nullVersion } from '../version-id.ts';
import { uncover } from './delete-markers.ts';
import type { RemovalPlan } from './plan-removal.ts';

/** How the `null` version of a key can be deleted without deleting an object that replaced it. */
export type NullGuard = 'by-id' | 'by-plain-delete';

/**
 * While versioning is suspended, a PUT may replace the `null` version, and a marker destroys it. While
 * versioning is enabled, the id `null` is as good as any other id. In a suspended bucket only a plain delete
 * with If-Match can be guarded, and only if the `null` version is the current version.
 */
export async function howNullIsGuarded(
  { current }: RemovalPlan,
  object: ObjectAddress,
  sourceBuckets: SourceBuckets,
): Promise<NullGuard | 'unguardable'> {
  if ((await sourceBuckets.versioning(object)) === 'enabled') return 'by-id';
  // A plan that touches the current `null` version removes it.
  return isNullVersion(current?.versionId) ? 'by-plain-delete' : 'unguardable';
}

/** A refusal is an answer here: the caller must still report what it removed and hid before. */
export async function deleteOneVersion(
  version: VersionSeen,
  nullIs: NullGuard,
  object: ObjectAddress,
  sourceBuckets: SourceBuckets,
): Promise<DeleteAnswer> {
  const answer = isNullVersion(version.versionId)
    ? deleteNullVersion(version, nullIs, object, sourceBuckets)
    : sourceBuckets.deleteVersion(object, version.versionId);
  return unlessRefused(answer, { kind: 'not-deleted', reason: 'delete-denied' });
}

async function deleteNullVersion(
  { versionId, eTag }: VersionSeen,
  nullIs: NullGuard,
  object: ObjectAddress,
  sourceBuckets: SourceBuckets,
): Promise<DeleteAnswer> {
  if (nullIs === 'by-id') {
    // The worker looks directly before the delete. If the bucket is suspended and written between this look
    // and the delete, bytes are lost; S3 offers no way to close this window (docs/architecture.md).
    const enabled = (await sourceBuckets.versioning(object)) === 'enabled';
    const now = enabled ? await sourceBuckets.head(object, nullVersion) : undefined;
    return now?.eTag === eTag
      ? sourceBuckets.deleteVersion(object, nullVersion)
      : { kind: 'precondition-failed' };
  }
  const answer = await sourceBuckets.plainDelete(object, eTag);
  if (answer.kind !== 'marker-put' || isNullVersion(answer.markerVersionId)) return answer;
  // Versioning was enabled since the last look: the marker only hides the object.
  await uncover({ versionId, eTag }, answer.markerVersionId, object, sourceBuckets);
  throw versioningChanged();
}

export function versioningChanged(): RetryableError {
  return new RetryableError('VersioningChanged', 'the versioning of the bucket changed during the removal');
}
