import type { Entry } from '../model/objects.ts';
import type { Handling } from './handling.ts';
import type { Removed } from './happenings.ts';

/** Where S3 leaves a gap that nothing can close (docs/architecture.md). What happens in it is counted and fails nothing. */
export type KnownWindow =
  | 'release-while-isolating'
  | 'marker-over-same-etag'
  | 'null-version-replaced-by-marker'
  | 'newer-entries-removed-by-owner'
  | 'acknowledged-by-another-worker'
  | 'policy-changed-over-a-marker'
  | 'copy-without-provenance'
  | 'hidden-version-removed-by-another-worker'
  | 'marker-taken-away-by-another-worker'
  | 'null-version-written-before-delete'
  | 'fence-of-a-worker-that-died-late'
  | 'fence-that-may-be-left-is-named';

/** The window in which bytes went that nobody meant, if this is one. `top`: the current entry now. */
export function windowOfRemoval(
  { entry, handling }: Pick<Removed, 'entry' | 'handling'>,
  top: Entry | undefined,
): KnownWindow | undefined {
  if (entry.versionId !== 'null') return undefined;
  const { nullSeen, sawEnabled, listedTop } = handling;
  if (nullSeen !== undefined && nullSeen !== entry.write) return 'null-version-written-before-delete';
  const isReplaced = top?.isMarker === true && top.versionId === 'null';
  if (isReplaced && sawEnabled) return 'null-version-replaced-by-marker';
  // The bucket was suspended, and the very bytes that were current were written again, since they were listed.
  const hasSameETag = listedTop?.eTag === entry.eTag && listedTop.write !== entry.write;
  return isReplaced && hasSameETag ? 'marker-over-same-etag' : undefined;
}

/** Our marker's condition was met by another version than the one that was listed. */
export function isOverSameETag(was: Entry, { listedTop }: Handling): boolean {
  return listedTop !== undefined && listedTop.write !== was.write && listedTop.eTag === was.eTag;
}

/** The window in which an older version surfaced, if this is one. */
export function windowOfSurfacing(
  { entry, handling }: Pick<Removed, 'entry' | 'handling'>,
  surfaced: Entry,
  {
    hiddenIsGoneByWorker,
    isOverSameETag: overSameETag,
  }: { hiddenIsGoneByWorker: boolean; isOverSameETag: boolean },
): KnownWindow | undefined {
  if (entry.isMarker && handling.seen === entry.hides && hiddenIsGoneByWorker) {
    return 'hidden-version-removed-by-another-worker';
  }
  if (overSameETag) return 'marker-over-same-etag';
  const isBelow = (below: ReadonlySet<string>) => below.has(surfaced.write);
  if (handling.removedAbove.some(isBelow)) return 'newer-entries-removed-by-owner';
  return handling.uncovered.some(isBelow) ? 'marker-taken-away-by-another-worker' : undefined;
}
