import { Violation } from '../actor.ts';
import { isSamePlace } from '../history/facts.ts';
import type { Handling } from '../history/handling.ts';
import type { Checker } from '../history/happenings.ts';
import type { History } from '../history/history.ts';
import type { Entry } from '../model/objects.ts';

/**
 * Invariant 6: what is isolated costs a unit, and a pause is obeyed. A unit comes back only if nothing was
 * removed, and then always.
 */
export function budgetIsKept({ s3, world }: Pick<History, 's3' | 'world'>): Checker {
  /** A new fence spends a unit, whatever else becomes of the object. */
  const mayFence = world.fence !== undefined;
  /** What stays ends as it is. The pause only keeps it from being fenced. */
  const isNoFence = (outcome: string) => mayFence && ['retained', 'refused', 'held'].includes(outcome);
  const overspent = (why: string): never => {
    throw new Violation('never empty the lake', why);
  };
  /**
   * Handlings that named a marker over the object, or a removed version. To the product that is worth a unit: S3 answers
   * alike for a version that its owner removed first.
   */
  const hidden = new WeakSet<Handling>();
  /** Handlings that removed or fenced something with a unit. What an earlier handling copied is removed without one. */
  const spent = new WeakSet<Handling>();
  const mayAct = (what: string, { by, isPaused }: Handling): void => {
    if (isPaused) overspent(`${by} ${what}, although it was told of the pause`);
  };
  return {
    copied(copy, handling) {
      mayAct(`copied ${copy.copyOf?.write}`, handling);
      const { flagged, units, by } = handling;
      const { copyOf } = copy;
      const isFlagged = copyOf && flagged && isSamePlace(copyOf, flagged) && copyOf.write === flagged.write;
      if (isFlagged && units !== 1) overspent(`${by} copied ${copyOf.write} with ${units} units`);
    },
    hid: ({ was, handling }) => mayAct(`hid ${was.write}`, handling),
    removed({ entry, handling }) {
      mayAct(`removed ${entry.write}`, handling);
      if (handling.units > 0) spent.add(handling);
    },
    fenced(_, handling) {
      if (handling.units > 0) spent.add(handling);
    },
    said({ outcome, markerVersionId, removed }, handling) {
      if (!isNoFence(outcome)) mayAct(`said ${outcome}`, handling);
      if (markerVersionId !== undefined || removed.length > 0) hidden.add(handling);
    },
    acknowledged({ handling, outcome }) {
      if (!isNoFence(outcome)) mayAct(`ended with ${outcome}`, handling);
      const { by, failedCalls, fencedOnce, isShared, markers, removed, units } = handling;
      const isIsolated = outcome === 'isolated' || removed.length + markers.length > 0;
      // What stays at the end is fenced with a unit of its own. A fence that a release takes away keeps its unit.
      if (units <= fencedOnce.size + (isIsolated ? 1 : 0)) return;
      // A version that another worker removed first counts as removed, and so does a marker over the object.
      if (failedCalls.length > 0 || isShared || hidden.has(handling)) return;
      // A marker that was listed is worth a unit, also where it is gone by the last look, or its record was there before.
      if (outcome === 'retained' && handling.sawMarkerOnTop) return;
      overspent(`${by} keeps a unit of ${outcome}, although it removed nothing`);
    },
    ended(handling) {
      const { by, failedCalls, fenced, flagged, removed, units, hasGivenBack } = handling;
      if (units > (mayFence ? 2 : 1)) overspent(`${by} took ${units} units`);
      if (units < 0) overspent(`${by} gave back more than it took`);
      // Of a delete whose answer was lost a worker may not know.
      // A tag that stays on other bytes is no fence, nor is one on the same bytes with another ETag.
      // Nor is it told of a tag of a `null` version, where versioning was enabled between the tag and the look at it.
      const isKnown = ({ eTag, versionId, write }: Entry) =>
        (write === flagged?.write || eTag === flagged?.eTag) && versionId !== 'null';
      const there = flagged ? s3.entries(flagged).filter(isKnown) : [];
      const done = [...removed, ...there.map(({ write }) => write).filter((write) => fenced.has(write))];
      if (spent.has(handling) && hasGivenBack && units === 0 && done.length > 0 && failedCalls.length === 0)
        overspent(`${by} removed or fenced ${done.join()} and gave its unit back`);
    },
  };
}
