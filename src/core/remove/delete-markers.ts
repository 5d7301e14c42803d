import { RetryableError } from '../errors.ts';
import type { ObjectAddress } from '../finding.ts';
import type { VersionSeen, VersionsTouched } from '../isolation.ts';
import type { SourceBuckets } from '../source-buckets.ts';
import { unlessRefused } from '../unless-refused.ts';
import { isNullVersion } from '../version-id.ts';
import { headIfAllowed } from './head-if-allowed.ts';
import type { RemovalPlan } from './plan-removal.ts';

/** Whether a marker could be put and hide the object, while neither the marker nor a version could be removed. */
export async function needsMfa(object: ObjectAddress, sourceBuckets: SourceBuckets): Promise<boolean> {
  // A worker that may not ask puts the marker. The delete will be refused, and the alert names the marker.
  return unlessRefused(sourceBuckets.needsMfa(object), false);
}

/**
 * If a marker hides an object that could not be removed, record and alert name the marker. A marker that was
 * listed comes to light when this worker, another worker or the owner removes the versions above it.
 */
export async function nameHidingMarker(
  plan: RemovalPlan,
  touched: VersionsTouched,
  kept: VersionSeen | undefined,
  object: ObjectAddress,
  sourceBuckets: SourceBuckets,
): Promise<VersionsTouched> {
  if (touched.markerVersionId !== undefined || plan.newestMarker === undefined) return touched;
  return whatHides(plan, touched, kept, object, sourceBuckets);
}

/** Looks again whether a marker hides the version that was kept, and if so, which versions others have left. */
export async function whatHides(
  plan: RemovalPlan,
  touched: VersionsTouched,
  kept: VersionSeen | undefined,
  object: ObjectAddress,
  sourceBuckets: SourceBuckets,
): Promise<VersionsTouched> {
  if ((await headIfAllowed(object, undefined, sourceBuckets)) !== undefined) return touched;
  const listed = await unlessRefused(sourceBuckets.listVersions(object), undefined);
  if (listed === undefined) return withMarker(touched, plan.newestMarker);
  const there = listed.filter(({ isMarker }) => !isMarker);
  // Others removed that version meanwhile. The next handling finds out what they left.
  if (!there.some(({ eTag, versionId }) => versionId === kept?.versionId && eTag === kept.eTag)) {
    throw new RetryableError('SourceInFlux', 'others removed the version that could not be removed');
  }
  const remainingVersions = there.map(({ versionId }) => versionId);
  const uncomparedVersions = touched.uncomparedVersions.filter((id) => remainingVersions.includes(id));
  const top = listed.find(({ isLatest }) => isLatest);
  return withMarker(
    { ...touched, remainingVersions, uncomparedVersions },
    top?.isMarker ? top.versionId : undefined,
  );
}

function withMarker(touched: VersionsTouched, markerVersionId: string | undefined): VersionsTouched {
  return markerVersionId === undefined ? touched : { ...touched, markerVersionId };
}

/**
 * Removes the worker's marker, unless the version under it is gone: then the marker keeps an older version
 * from resurfacing. The worker looks directly before, because S3 supports no condition on this delete.
 */
export async function uncover(
  hidden: VersionSeen | undefined,
  markerVersionId: string,
  object: ObjectAddress,
  sourceBuckets: SourceBuckets,
): Promise<boolean> {
  const there = hidden && (await headIfAllowed(object, hidden.versionId, sourceBuckets));
  if (there === 'denied') return false;
  return there?.eTag === hidden?.eTag && (await takeMarkerAway(object, markerVersionId, sourceBuckets));
}

/**
 * Removes only the worker's own marker, by the id in the answer that put it. A marker with the id `null` may
 * have been replaced by an object.
 */
export async function takeMarkerAway(
  object: ObjectAddress,
  markerVersionId: string,
  sourceBuckets: SourceBuckets,
): Promise<boolean> {
  if (isNullVersion(markerVersionId)) return false;
  const answer = await unlessRefused(sourceBuckets.deleteVersion(object, markerVersionId), undefined);
  return answer?.kind === 'deleted';
}
