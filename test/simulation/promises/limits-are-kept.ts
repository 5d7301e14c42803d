import { Violation } from '../actor.ts';
import { isSamePlace } from '../history/facts.ts';
import type { Handling } from '../history/handling.ts';
import type { Checker } from '../history/happenings.ts';
import type { History } from '../history/history.ts';

/**
 * Invariant 6, for the limit of a rule: what is isolated costs a unit of its hour. A finding above the limit is held:
 * nothing is done to its object, and it is not lost.
 */
export function limitsAreKept({ world: { limitPerHour } }: History): Checker {
  if (limitPerHour === undefined) return {};
  /** By hour: the findings that were copied with one of its units. */
  const copied = new Map<number, Set<string>>();
  /** Findings that ended as held and have not ended otherwise since. */
  const held = new Set<string>();
  /** Findings of which anything was removed. */
  const removed = new Set<string>();
  /**
   * Handlings that named a marker over the object, or a removed version. To the product that is worth a unit: S3 answers
   * alike for a version that its owner removed first.
   */
  const hidden = new WeakSet<Handling>();
  const broken = (why: string): never => {
    throw new Violation('limits are kept', why);
  };
  const mayAct = (what: string, { by, copyAtStart, isHeld, isShared, unitsOfLimit }: Handling): void => {
    if (isHeld) broken(`${by} ${what}, although the limit holds the finding`);
    // What was begun is finished without a unit.
    if (unitsOfLimit.length === 0 && !copyAtStart && !isShared) broken(`${by} ${what} without a unit`);
  };
  return {
    copied(copy, handling) {
      const { by, flagged, rulesAtStart, unitsOfLimit } = handling;
      const { copyOf } = copy;
      mayAct(`copied ${copyOf?.write}`, handling);
      const isFlagged = copyOf && flagged && isSamePlace(copyOf, flagged) && copyOf.write === flagged.write;
      if (!isFlagged || !rulesAtStart.isolates) return;
      const [hour] = unitsOfLimit;
      if (hour === undefined) return;
      if (unitsOfLimit.length > 1) broken(`${by} copied ${copyOf.write} with ${unitsOfLimit.length} units`);
      copied.set(hour, (copied.get(hour) ?? new Set()).add(flagged.name));
    },
    said({ markerVersionId, removed: gone }, handling) {
      if (markerVersionId !== undefined || gone.length > 0) hidden.add(handling);
    },
    hid: ({ was, handling }) => mayAct(`hid ${was.write}`, handling),
    removed({ entry, handling }) {
      mayAct(`removed ${entry.write}`, handling);
      if (entry.isMarker) return;
      const [hour] = handling.unitsOfLimit;
      const findings = hour === undefined ? undefined : copied.get(hour);
      // A unit whose finding was copied and not removed is given to another one.
      const gone = [...(findings ?? [])].filter(
        (name) => name !== handling.flagged?.name && removed.has(name),
      );
      if (handling.flagged) removed.add(handling.flagged.name);
      if (gone.length >= limitPerHour) broken(`${gone.length + 1} findings are isolated in hour ${hour}`);
    },
    acknowledged({ handling, how, outcome }) {
      const { by, copied: made, failedCalls, flagged, isHeld, isShared, markers, unitsOfLimit } = handling;
      const { removed: gone } = handling;
      if (flagged && outcome !== 'held') held.delete(flagged.name);
      if (outcome !== 'held') {
        if (unitsOfLimit.length === 0 || outcome === 'isolated' || gone.length + markers.length > 0) return;
        // A fence is worth its units, also if a release takes it away.
        if (handling.fencedOnce.size > 0) return;
        // Another delivery may finish what has a copy, without a unit.
        if (made.length > 0 || failedCalls.length > 0 || isShared || hidden.has(handling)) return;
        // A marker that was listed is worth a unit, also where it is gone by the last look, or its record was there before.
        if (outcome === 'retained' && handling.sawMarkerOnTop) return;
        return broken(`${by} keeps a unit of ${outcome}, although it removed nothing`);
      }
      if (!isHeld) broken(`${by} says held, although no limit was reached`);
      if (unitsOfLimit.length > 0) broken(`${by} keeps a unit of what it holds`);
      if (flagged && how === 'delete') held.add(flagged.name);
    },
    over() {
      if (held.size > 0) broken(`${[...held].join()} is held for ever`);
    },
    fingerprint: () =>
      [
        [...copied].map(([hour, names]) => `${hour}:${[...names].sort().join()}`).sort(),
        [...held].sort(),
        [...removed].sort(),
      ].join('\n'),
  };
}
