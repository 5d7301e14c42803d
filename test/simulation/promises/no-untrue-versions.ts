import { Violation } from '../actor.ts';
import type { Checker } from '../history/happenings.ts';
import type { History } from '../history/history.ts';
import { isFlaggedBy } from '../history/truth.ts';
import { type Entry, idOf } from '../model/objects.ts';

/** Invariant 4: what a record names as removed is not there. */
export function noUntrueVersions({ s3 }: History): Checker {
  return {
    said(claim, { flagged, thereAtStart }) {
      if (flagged === undefined) return;
      const since = s3.entries(flagged).filter(({ write }) => thereAtStart.has(write));
      for (const id of claim.removed) {
        // Another object may have the id `null` by now.
        const isMeant = (entry: Entry) => id !== 'null' || isFlaggedBy(flagged, flagged, entry);
        const there = since.find((entry) => !entry.isMarker && idOf(entry) === id && isMeant(entry));
        if (there === undefined) continue;
        throw new Violation('no untrue word', `${there.write}, on record as removed, is there`);
      }
    },
  };
}
