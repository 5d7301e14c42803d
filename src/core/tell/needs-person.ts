import { isContained } from '../isolation.ts';
import { alertIsDue, readableAfter } from '../outcome.ts';
import { isOutsideRegions, mayRemain, readable, type WhatCameOfIt } from './alert-input.ts';

/** Whether a person has to act at once. No digest sums the alert up, and no rule of the policy is quiet about it. */
export function needsPersonAtOnce(ending: WhatCameOfIt): boolean {
  const { isolation, outcome } = ending;
  // The flagged version is gone, but other versions or replicas may hold its data.
  if (readableAfter(outcome) === 'no' && readable(ending) !== 'no') return true;
  // An earlier delivery made the copy, so the source may be gone. A digest would say that nothing was touched.
  if (outcome.name === 'dry_run' && isolation?.copy !== undefined) return true;
  // Nothing was fenced. A digest would say that the policy leaves the object.
  if (isOutsideRegions(ending)) return true;
  // A worker died and left its marker over an object that stays. A digest would not name the marker.
  return outcome.name !== 'isolated' && isolation?.removal?.markerVersionId !== undefined;
}

/** Whether a person has to know, at once or by a digest. No rule of the policy is quiet about it. */
export function needsPerson(ending: WhatCameOfIt): boolean {
  return needsPersonAtOnce(ending) || isLeftOpen(ending) || expectsPerson(ending);
}

/**
 * Whether an earlier handling, which the policy let act, left its marker or its fence at an object that the policy ignores by
 * now. Of other ignored findings nobody is told.
 */
export function leavesTrace({ isolation, outcome }: WhatCameOfIt): boolean {
  const isMarked = isolation?.removal?.markerVersionId !== undefined || isolation?.fence !== undefined;
  return outcome.name === 'ignored' && isMarked;
}

/** Whether the worker tried to fence the object, and others can still read its data. */
function isLeftOpen(ending: WhatCameOfIt): boolean {
  const { isolation } = ending;
  if (isolation?.fence === undefined) return false;
  const { fence } = isolation.fence;
  if (fence === 'fenced') return !isContained(isolation);
  return fence !== 'tagged' || mayRemain(ending);
}

/** Whether a dry run expects an outcome that a quiet rule alerts about, or data that an isolation leaves behind. */
function expectsPerson(ending: WhatCameOfIt): boolean {
  const expected = ending.isolation?.rehearsal?.expected;
  return expected !== undefined && alertIsDue(expected, !mayRemain(ending));
}
