import { RetryableError } from '../errors.ts';
import type { NoteIdentical } from '../evidence/identical-versions.ts';
import type { ObjectAddress } from '../finding.ts';
import type { Removal, VersionsTouched } from '../isolation.ts';
import type { SourceBuckets, StoredObject } from '../source-buckets.ts';
import { nullVersion } from '../version-id.ts';
import type { ChooseVersions, ChosenVersions, FlaggedBytes } from './choose-versions.ts';
import { takeMarkerAway } from './delete-markers.ts';
import { versioningChanged } from './delete-version.ts';
import { nothingRemoved, planRemoval, type RemovalPlan } from './plan-removal.ts';
import { removeVersions, retainAll } from './remove-versions.ts';

const untouched: VersionsTouched = { removedVersions: [], remainingVersions: [], uncomparedVersions: [] };

/**
 * Removes the flagged bytes and the chosen versions, and nothing else. The flagged bytes must be copied and
 * verified before. Conditions on a delete apply only to the current version. So an unversioned object is
 * deleted with If-Match, and a version by its id, which never holds other bytes (aws-facts 9.7).
 */
export async function removeFlaggedBytes(
  object: ObjectAddress,
  flagged: StoredObject,
  sourceBuckets: SourceBuckets,
  choose: ChooseVersions,
  note: NoteIdentical,
): Promise<Removal> {
  const { versionId, eTag, lock } = flagged;
  if (versionId === undefined && lock !== undefined) {
    return { kind: 'retained', reason: lock, ...untouched, remainingVersions: [nullVersion] };
  }
  if (versionId === undefined) {
    const removal = await removeUnversioned(object, eTag, sourceBuckets);
    if (removal !== 'versioned') return removal;
    return removeFlaggedBytes(
      object,
      await findVersion(object, flagged, sourceBuckets),
      sourceBuckets,
      choose,
      note,
    );
  }
  const listed = await sourceBuckets.listVersions(object);
  const there = listed.find((version) => version.versionId === versionId);
  // With an incomplete listing, an older version could resurface.
  if (there === undefined && (await sourceBuckets.head(object, versionId)) !== undefined) {
    throw new RetryableError('ListingIncomplete', 'the listing of versions lacks an existing version');
  }
  // The owner removed or replaced the version since it was copied.
  if (there?.eTag !== eTag) return { kind: 'vanished', ...untouched };
  if (lock !== undefined) {
    // A worker may have died between its marker and this refusal. Then the alert names the marker.
    return { kind: 'retained', reason: lock, ...nothingRemoved(listed) };
  }
  const chosen = await choose(listed, { ...flagged, versionId });
  const plan = planRemoval({ versionId, eTag }, listed, chosen);
  return removeChosen(plan, chosen.lock, object, sourceBuckets, note);
}

/** The removal in a bucket without versions whose object is gone. */
export const noVersions: Removal = { kind: 'untouched', ...untouched };

/**
 * Removes the identical versions that remain after the flagged version is gone: its owner removed only that
 * version, or somebody put them during the removal.
 */
export async function removeRemaining(
  object: ObjectAddress,
  gone: FlaggedBytes,
  sourceBuckets: SourceBuckets,
  choose: ChooseVersions,
  note: NoteIdentical,
): Promise<Removal> {
  const listed = await sourceBuckets.listVersions(object);
  const chosen = await choose(listed, gone);
  const plan = planRemoval(undefined, listed, chosen);
  return removeChosen(plan, chosen.lock, object, sourceBuckets, note);
}

/** Removes nothing if one of the versions is locked. */
async function removeChosen(
  plan: RemovalPlan,
  lock: ChosenVersions['lock'],
  object: ObjectAddress,
  sourceBuckets: SourceBuckets,
  note: NoteIdentical,
): Promise<Removal> {
  if (lock === undefined) return removeVersions(plan, object, sourceBuckets, note);
  return retainAll(plan, lock, object, sourceBuckets);
}

/** The answer tells whether the object was removed. */
async function removeUnversioned(
  object: ObjectAddress,
  eTag: string,
  sourceBuckets: SourceBuckets,
): Promise<Removal | 'versioned'> {
  const answer = await sourceBuckets.plainDelete(object, eTag);
  switch (answer.kind) {
    case 'deleted':
      return { kind: 'removed', ...untouched, removedVersions: [nullVersion] };
    case 'precondition-failed':
      return { kind: 'vanished', ...untouched };
    case 'not-deleted':
      return { kind: 'retained', reason: answer.reason, ...untouched, remainingVersions: [nullVersion] };
    case 'marker-put':
      // Versioning was enabled since the last look, or HEAD did not show it. The bytes are still there.
      if (await takeMarkerAway(object, answer.markerVersionId, sourceBuckets)) return 'versioned';
      throw versioningChanged();
  }
}

/** Finds the version with the same bytes. Some stores do not show by HEAD that they have versions. */
async function findVersion(
  object: ObjectAddress,
  flagged: StoredObject,
  sourceBuckets: SourceBuckets,
): Promise<StoredObject> {
  const listed = await sourceBuckets.listVersions(object);
  const version = listed.find(({ eTag, isMarker }) => !isMarker && eTag === flagged.eTag);
  if (version === undefined) throw versioningChanged();
  return { ...flagged, versionId: version.versionId };
}
