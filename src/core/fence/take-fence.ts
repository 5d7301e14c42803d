import { fenceTag, type SourceTags, withoutFenceTag } from '../fences.ts';
import type { Finding, ObjectAddress } from '../finding.ts';
import type { Ports } from '../ports.ts';
import type { ListedVersion, SourceBuckets } from '../source-buckets.ts';
import { unlessRefused } from '../unless-refused.ts';
import { isNullVersion, nullVersion } from '../version-id.ts';

/**
 * Takes the tag of the fence from one version, and keeps its other tags. With `findingId`, only the tag that this
 * finding put. Returns whether a tag was there. Throws `RefusedError` if S3 does not take the call.
 */
export async function takeFenceFrom(
  object: ObjectAddress,
  versionId: string | undefined,
  findingId: string | undefined,
  tags: SourceTags,
): Promise<boolean> {
  const there = await tags.read(object, versionId);
  const fence = there?.find(([name]) => name === fenceTag);
  if (there === undefined || fence === undefined) return false;
  if (findingId !== undefined && fence[1] !== findingId) return false;
  return (await tags.replace(object, versionId, withoutFenceTag(there))).kind === 'replaced';
}

/**
 * A worker may have died after the tag of its fence hit other bytes, before it took the tag away. Only a tag that
 * was put without the id of a version can hit other bytes, and only the current version or the `null` version.
 * `mayTake` is asked before a tag is taken away. A tag that stays is reported. Returns what lay at the key, if it may
 * be listed.
 */
export async function takeFenceFromOthers(
  finding: Finding,
  ports: Pick<Ports, 'fencing' | 'observer' | 'sourceBuckets'>,
  mayTake: () => Promise<boolean>,
): Promise<readonly ListedVersion[] | undefined> {
  const { id, object } = finding;
  const { fencing, observer, sourceBuckets } = ports;
  if (fencing === undefined) return undefined;
  const { tags } = fencing;
  const listed = await unlessRefused(sourceBuckets.listVersions(object), undefined);
  const seen = listed ?? (await currentAlone(object, sourceBuckets));
  for (const { eTag, isLatest, isMarker, versionId } of seen) {
    const isFlagged = object.eTag === undefined ? versionId === object.versionId : eTag === object.eTag;
    if (isMarker || isFlagged || !(isLatest || isNullVersion(versionId))) continue;
    const at = seen.length === 1 && isNullVersion(versionId) ? undefined : versionId;
    const there = await unlessRefused(tags.read(object, at), undefined);
    const isTagged = there?.some(([name, value]) => name === fenceTag && value === id) === true;
    if (isTagged && !(await mayTake())) {
      observer.fenceMayBeLeft({ id, object });
      continue;
    }
    const taken = isTagged && (await unlessRefused(takeFenceFrom(object, at, id, tags), 'refused'));
    if (taken === 'refused') observer.fenceMayBeLeft({ id, object });
    else if (taken) observer.fenceHitOther({ id, object }, { versionId });
    if (at === undefined && (await hasMoreVersions(object, sourceBuckets))) {
      return takeFenceFromOthers(finding, ports, mayTake);
    }
  }
  return listed;
}

/** Versioning was switched on since the listing, so that a call without a version id may have meant a newer version. */
async function hasMoreVersions(object: ObjectAddress, sourceBuckets: SourceBuckets): Promise<boolean> {
  const listed = await unlessRefused(sourceBuckets.listVersions(object), undefined);
  return listed !== undefined && listed.length > 1;
}

/** Where the versions may not be listed, HEAD shows the current version, which a tag without a version id has hit. */
async function currentAlone(
  object: ObjectAddress,
  sourceBuckets: SourceBuckets,
): Promise<readonly ListedVersion[]> {
  const stored = await unlessRefused(sourceBuckets.head(object), undefined);
  if (stored === undefined) return [];
  const { eTag, sizeBytes, versionId = nullVersion } = stored;
  return [{ versionId, eTag, sizeBytes, isLatest: true, isMarker: false }];
}
