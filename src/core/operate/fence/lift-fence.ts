import { findFlagged } from '../../fence/flagged-version.ts';
import type { FlaggedVersion } from '../../fence/tag-and-look.ts';
import { takeFenceFrom } from '../../fence/take-fence.ts';
import { hasFenceTag, type SourceTags } from '../../fences.ts';
import type { FlaggedObject } from '../../finding.ts';
import type { SourceBuckets } from '../../source-buckets.ts';

export interface LiftPorts {
  readonly sourceBuckets: SourceBuckets;
  readonly tags: SourceTags;
}

/** The fence of a flagged version, as an operator sees it. */
export type FenceSeen =
  | { readonly kind: 'fenced'; readonly version: FlaggedVersion }
  | { readonly kind: 'not-fenced'; readonly version: FlaggedVersion }
  /** The flagged bytes are not there any more, and so no fence of theirs. */
  | { readonly kind: 'gone' }
  /** The versions of the key may not be listed, and the record names no version. */
  | { readonly kind: 'unknown' };

/** Looks for the fence of exactly the flagged version. Throws `RefusedError` if its tags may not be read. */
export async function lookAtFence(
  object: FlaggedObject,
  { sourceBuckets, tags }: LiftPorts,
): Promise<FenceSeen> {
  const found = await findFlagged(object, sourceBuckets);
  if (found === undefined) return { kind: 'gone' };
  if (found === 'unknown') return { kind: 'unknown' };
  const { version } = found;
  const there = await tags.read(object, version.versionId);
  if (there === undefined) return { kind: 'gone' };
  return { kind: hasFenceTag(there) ? 'fenced' : 'not-fenced', version };
}

/**
 * Takes the fence from a version that was seen to have it, whatever finding put it there. Other tags stay. `note` writes
 * down who does it, and is called where the version still has the fence. Throws `RefusedError` if S3 does not take a call.
 */
export async function liftFence(
  object: FlaggedObject,
  { versionId }: FlaggedVersion,
  { tags }: LiftPorts,
  note: () => Promise<unknown>,
): Promise<'lifted' | 'not-fenced'> {
  if (!hasFenceTag((await tags.read(object, versionId)) ?? [])) return 'not-fenced';
  await note();
  // The tags are read again, as close as can be to the call that replaces them all.
  return (await takeFenceFrom(object, versionId, undefined, tags)) ? 'lifted' : 'not-fenced';
}
