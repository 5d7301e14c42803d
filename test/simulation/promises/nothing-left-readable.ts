import { Violation } from '../actor.ts';
import type { Claim } from '../history/claim.ts';
import { isOperator, isWorker, placeName, releasedIds, writesAt } from '../history/facts.ts';
import { type Handling, isAt } from '../history/handling.ts';
import type { Checker, Removed, RemovedByOthers } from '../history/happenings.ts';
import type { History } from '../history/history.ts';
import { type FlaggedTruth, isFlaggedBy } from '../history/truth.ts';
import { windowOfSurfacing } from '../history/windows.ts';
import { type Entry, idOf } from '../model/objects.ts';

/** Invariant 3: where "isolated" is said nothing of it can be read, and no older version surfaces by a removal. */
export function nothingLeftReadable(history: History): Checker {
  const { world, s3, goneBy, overSameETag, begun } = history;
  /** By finding: identical versions that were there, and known, when the flagged one went. */
  const leftBehind = new Map<string, ReadonlySet<string>>();
  /** By place: version ids that a record or alert has named as still there. */
  const named = new Map<string, ReadonlySet<string>>();

  const readable = (claim: Claim, entry: Entry): never => {
    throw new Violation(
      'never leave flagged bytes readable',
      `${claim.outcome} is said, but ${entry.write} (${entry.bytes}) is readable`,
    );
  };

  const noteFlaggedGone = ({ at, entry }: RemovedByOthers, known?: ReadonlySet<string>): void => {
    for (const flagged of begun) {
      if (flagged.write !== entry.write) continue;
      const left = s3
        .entries(at)
        // What takes the place of a `null` version is another object, to be scanned anew.
        .filter((other) => !other.isMarker && idOf(other) !== idOf(entry))
        .filter((other) => other.bytes === flagged.bytes && !isOperator(other.by))
        .map((other) => other.write)
        .filter((write) => known?.has(write) ?? true);
      leftBehind.set(flagged.name, new Set(left));
    }
  };

  const judgeSurfaced = (removed: Removed, surfaced: Entry): void => {
    const { entry } = removed;
    // Our own marker taken away again, or the same bytes as before: nothing is readable that was not.
    const isSame = entry.isMarker ? entry.hides === surfaced.write : entry.bytes === surfaced.bytes;
    const window = windowOfSurfacing(removed, surfaced, {
      hiddenIsGoneByWorker: isWorker(goneBy.get(entry.hides ?? '') ?? ''),
      isOverSameETag: overSameETag.has(entry.write),
    });
    if (isSame && window !== 'newer-entries-removed-by-owner') return;
    if (window !== undefined) {
      // Who listed the key before relies on what lay there, as where an owner removes it.
      for (const other of history.handlings.values()) {
        if (other !== removed.handling && isAt(other, removed.at))
          other.removedAbove.push(writesAt(s3, removed.at));
      }
      return isSame ? undefined : history.count(window);
    }
    throw new Violation(
      'never leave flagged bytes readable',
      `${surfaced.write} surfaced when ${entry.write} was removed`,
    );
  };

  const judgeIsolated = (claim: Claim, handling: Handling, flagged: FlaggedTruth): void => {
    const entries = s3.entries(flagged);
    const released = releasedIds(s3, flagged);
    const isNamed = (entry: Entry) => named.get(placeName(flagged))?.has(idOf(entry)) === true;
    const stillFlagged = entries.find(
      (entry) => handling.thereAtStart.has(entry.write) && isFlaggedBy(flagged, flagged, entry),
    );
    // Who may not look can only repeat what is on record.
    const repeats = handling.isBlind && claim.outcome === 'already_isolated';
    // An ETag alone may name several versions; those that cannot be compared with each other stay and are named.
    const hasSameETag = (entry: Entry) =>
      (flagged.versionId === undefined || entry.write !== flagged.write) && isNamed(entry);
    if (stillFlagged && !repeats && !released.has(stillFlagged.eTag) && !hasSameETag(stillFlagged)) {
      readable(claim, stillFlagged);
    }
    // An identical version that was there when the flagged one went, for one who could look, and did not look before.
    const mayBeKnown = ({ eTag, write }: Entry) =>
      !released.has(eTag) &&
      !handling.isBlind &&
      leftBehind.get(flagged.name)?.has(write) === true &&
      handling.listed?.has(write) !== false;
    const left = entries.find((entry) => mayBeKnown(entry) && !isNamed(entry));
    if (left) readable(claim, left);
  };

  return {
    removedByOthers: (what) => noteFlaggedGone(what),
    removed(what) {
      noteFlaggedGone(what, what.handling.listed ?? new Set());
      if (what.surfaced && !what.surfaced.isMarker) judgeSurfaced(what, what.surfaced);
    },
    said(claim, handling) {
      const { flagged } = handling;
      if (flagged === undefined) return;
      const place = placeName(flagged);
      // What stays is to be named: by `identical` what could not be compared, by the others all that they leave.
      const names = world.sourceVersions === 'identical' ? claim.uncompared : claim.remaining;
      named.set(place, new Set([...(named.get(place) ?? []), ...names]));
      if (['isolated', 'already_isolated'].includes(claim.outcome)) judgeIsolated(claim, handling, flagged);
    },
    fingerprint: () =>
      [
        [...leftBehind].map(([name, left]) => `${name}:${[...left].join()}`).join(';'),
        [...named].map(([place, ids]) => `${place}:${[...ids].sort().join()}`).join(';'),
      ].join('\n'),
  };
}
