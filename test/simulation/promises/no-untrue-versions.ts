import { Violation } from '../actor.ts';
import type { Claim } from '../history/claim.ts';
import type { Handling } from '../history/handling.ts';
import type { Checker } from '../history/happenings.ts';
import type { History } from '../history/history.ts';
import { type FlaggedTruth, isFlaggedBy } from '../history/truth.ts';
import { type Entry, idOf } from '../model/objects.ts';

/** Invariant 4: what is named as removed is not there, what is named as left was, and nothing of either is left out. */
export function noUntrueVersions({ s3 }: History): Checker {
  const judge = (claim: Claim, handling: Handling, flagged: FlaggedTruth): void => {
    const { failedCalls, idsAtStart, listed, listedIds, markers, removed, thereAtStart } = handling;
    const lie = (why: string): never => {
      throw new Violation('no untrue word', `the ${claim.in} of ${claim.outcome} says ${why}`);
    };
    const entries = s3.entries(flagged);
    const since = entries.filter(({ write, isMarker }) => thereAtStart.has(write) && !isMarker);
    for (const id of claim.removed) {
      // Another object may have the id `null` by now.
      const isMeant = (entry: Entry) => id !== 'null' || isFlaggedBy(flagged, flagged, entry);
      const there = since.find((entry) => idOf(entry) === id && isMeant(entry));
      if (there) lie(`that ${there.write} is removed, which is there`);
    }
    // Of a delete whose answer was lost a worker may not know.
    const knows = !failedCalls.some((call) => ['source.deleteVersion', 'source.plainDelete'].includes(call));
    if (claim.in === 'record') {
      const untold = knows ? removed.find((id) => !claim.removed.includes(id)) : undefined;
      if (untold !== undefined) lie(`nothing of ${untold}, which this handling removed`);
    }
    for (const id of claim.remaining) {
      const isSeen = idsAtStart.has(id) || listedIds.has(id) || (id === 'null' && handling.wasExposed);
      if (!isSeen) lie(`that ${id} is left, which was never seen`);
      if (knows && removed.includes(id) && id !== 'null')
        lie(`that ${id} is left, which this handling removed`);
    }
    if (
      ['isolated', 'retained'].includes(claim.outcome) &&
      claim.remaining.length + claim.removed.length > 0
    ) {
      const left = entries.find(
        ({ write, isMarker, versionId }) =>
          versionId !== undefined &&
          !isMarker &&
          // What was put since is nobody's lie.
          thereAtStart.has(write) &&
          listed?.has(write) === true &&
          // What took the place of a `null` version is another object.
          !(versionId === 'null' && claim.removed.includes('null')),
      );
      const isNamed = left === undefined || claim.remaining.includes(idOf(left));
      if (claim.in === 'record' && !isNamed) lie(`nothing of ${left.write}, which is left`);
    }
    const marker = claim.markerVersionId;
    if (marker === undefined) return;
    const isMarker = entries.some((entry) => entry.isMarker && idOf(entry) === marker);
    const wasMarker = listedIds.has(marker) || markers.length > 0;
    if (!isMarker && !wasMarker) lie(`that the marker ${marker} hides it, which nobody put`);
  };
  return {
    said(claim, handling) {
      if (handling.flagged) judge(claim, handling, handling.flagged);
    },
  };
}
