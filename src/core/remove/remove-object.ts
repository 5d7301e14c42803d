import { RetryableError } from '../errors.ts';
import type { NoteIdentical } from '../evidence/identical-versions.ts';
import type { ObjectAddress } from '../finding.ts';
import type { Removal, VersionsTouched } from '../isolation.ts';
import type { SourceBuckets, StoredObject } from '../ports.ts';
import type { ChooseVersions, FlaggedBytes } from './choose-versions.ts';
import { nothingRemoved, planRemoval } from './plan-removal.ts';
import { removeVersions, takeMarkerAway, versioningChanged } from './remove-versions.ts';

const untouched: VersionsTouched = { removedVersions: [], remainingVersions: [], uncomparedVersions: [] };

/**
 * Removes the flagged bytes, which must be copied and verified by now, and the versions chosen with them,
 * and nothing else. Conditions on a delete are only met against the current version, so an unversioned
 * object is deleted by If-Match and a version by its id, which never holds other bytes (aws-facts 9.7).
 */
export async function removeFlaggedBytes(
  object: ObjectAddress,
  flagged: StoredObject,
  source: SourceBuckets,
  choose: ChooseVersions,
  note: NoteIdentical,
): Promise<Removal> {
  const { versionId, eTag, lock } = flagged;
  if (versionId === undefined && lock !== undefined) {
    return { kind: 'retained', reason: lock, ...untouched, remainingVersions: ['null'] };
  }
  if (versionId === undefined) {
    const removal = await removeUnversioned(object, eTag, source);
    if (removal !== 'versioned') return removal;
    return removeFlaggedBytes(object, await findVersion(object, flagged, source), source, choose, note);
  }
  const listed = await source.listVersions(object);
  const there = listed.find((version) => version.versionId === versionId);
  // Going by a listing that lacks what is there could let an older version surface.
  if (there === undefined && (await source.head(object, versionId)) !== undefined) {
    throw new RetryableError('ListingIncomplete', 'the listing of versions lacks one that is there');
  }
  // Its owner removed it, or replaced it, since we copied it.
  if (there?.eTag !== eTag) return { kind: 'vanished', ...untouched };
  if (lock !== undefined) {
    // A crash may have come between a marker of ours and this refusal: then people are told of it.
    return { kind: 'retained', reason: lock, ...nothingRemoved(listed) };
  }
  const chosen = await choose(listed, { ...flagged, versionId });
  const plan = planRemoval({ versionId, eTag }, listed, chosen);
  if (chosen.lock !== undefined) return { kind: 'retained', reason: chosen.lock, ...plan.touched([]) };
  return removeVersions(plan, object, source, note);
}

/** Of a bucket without versions, whose object is gone. */
export const noVersions: Removal = { kind: 'removed', ...untouched };

/**
 * The flagged version is gone, and versions identical to it may have been left: by an owner who removed
 * that one alone, or because they were put while it was being removed. They go too.
 */
export async function removeRemaining(
  object: ObjectAddress,
  gone: FlaggedBytes,
  source: SourceBuckets,
  choose: ChooseVersions,
  note: NoteIdentical,
): Promise<Removal> {
  const listed = await source.listVersions(object);
  const chosen = await choose(listed, gone);
  const plan = planRemoval(undefined, listed, chosen);
  if (chosen.lock !== undefined) return { kind: 'retained', reason: chosen.lock, ...plan.touched([]) };
  return removeVersions(plan, object, source, note);
}

/** The answer is read: it tells whether anything was removed. */
async function removeUnversioned(
  object: ObjectAddress,
  eTag: string,
  source: SourceBuckets,
): Promise<Removal | 'versioned'> {
  const answer = await source.deleteCurrent(object, eTag);
  switch (answer.kind) {
    case 'deleted':
      return { kind: 'removed', ...untouched, removedVersions: ['null'] };
    case 'precondition-failed':
      return { kind: 'vanished', ...untouched };
    case 'not-deleted':
      return { kind: 'retained', reason: answer.reason, ...untouched, remainingVersions: ['null'] };
    case 'marker-put':
      // Versioning was switched on since we looked, or HEAD did not tell of it: the bytes are still there.
      if (await takeMarkerAway(object, answer.markerVersionId, source)) return 'versioned';
      throw versioningChanged();
  }
}

/** The same bytes as a version. Not every store says by HEAD that it has versions. */
async function findVersion(
  object: ObjectAddress,
  flagged: StoredObject,
  source: SourceBuckets,
): Promise<StoredObject> {
  const listed = await source.listVersions(object);
  const version = listed.find(({ eTag, isMarker }) => !isMarker && eTag === flagged.eTag);
  if (version === undefined) throw versioningChanged();
  return { ...flagged, versionId: version.versionId };
}
