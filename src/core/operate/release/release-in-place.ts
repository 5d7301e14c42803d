import { releaseMark } from '../../evidence/release-records.ts';
import { findFlagged } from '../../fence/flagged-version.ts';
import { type SourceTags, withoutFenceTag } from '../../fences.ts';
import type { FlaggedObject } from '../../finding.ts';
import type { IsolationBucket } from '../../isolation-bucket.ts';
import { maximumTags, type Tag } from '../../properties.ts';
import type { SourceBuckets } from '../../source-buckets.ts';
import { realVersionId } from '../../version-id.ts';
import { recordRelease } from './record-release.ts';
import type { ReleaseReason } from './release.ts';

export interface ReleaseInPlacePorts {
  readonly sourceBuckets: SourceBuckets;
  readonly isolationBucket: IsolationBucket;
  readonly tags: SourceTags;
  readonly clock: () => Date;
}

/**
 * Releases flagged bytes that never left their source, because they could not or should not be moved: the release
 * is recorded, the fence is taken away, and the object is marked, so that workers leave it alone from now on. The
 * records come first, since a worker that finds none would fence again. It can be repeated from any point.
 */
export async function releaseInPlace(
  object: FlaggedObject,
  findingId: string,
  { who, why }: ReleaseReason,
  { clock, isolationBucket, sourceBuckets, tags }: ReleaseInPlacePorts,
): Promise<'released' | 'absent' | 'unknown'> {
  const found = await findFlagged(object, sourceBuckets);
  if (found === undefined) return 'absent';
  // The versions may not be listed, and the finding names none: the bytes may lie there.
  if (found === 'unknown') return 'unknown';
  const { eTag, versionId } = found.version;
  const record = {
    who,
    why,
    released_at: clock().toISOString(),
    finding_id: findingId,
    lost: [],
  };
  for (const id of [eTag, realVersionId(versionId)]) {
    if (id !== undefined) await recordRelease(object, id, record, isolationBucket);
  }
  const there = await tags.read(object, versionId);
  if (there === undefined) return 'absent';
  const marked = withMark(withoutFenceTag(there));
  if (marked.length === there.length && there.every(([name]) => marked.some(([kept]) => kept === name))) {
    return 'released';
  }
  return (await tags.replace(object, versionId, marked)).kind === 'replaced' ? 'released' : 'absent';
}

/** Without room for the mark the release record alone says it. */
function withMark(tags: readonly Tag[]): readonly Tag[] {
  const isMarked = tags.some(([name]) => name === releaseMark);
  return isMarked || tags.length >= maximumTags ? tags : [...tags, [releaseMark, 'true']];
}
