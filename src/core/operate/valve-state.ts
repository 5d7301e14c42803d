import { holds } from '../valve/pause.ts';
import type { ValveSeen } from './pause-service.ts';

/** Describes in one sentence why the service isolates nothing now. Texts of operators are as they wrote them. */
export function stateText(seen: ValveSeen): string {
  const { at, damaged, pause, spentSince } = seen;
  if (damaged.length > 0) return `Paused: ${damaged.join(' and ')} cannot be understood.`;
  if (holds(pause, at)) {
    const until = pause.until === undefined ? '' : ` until ${pause.until.toISOString()}`;
    return `Paused by ${pause.by} since ${pause.since.toISOString()}${until}: ${pause.reason}.`;
  }
  if (isSpent(seen))
    return `Paused since ${spentSince?.toISOString()}: the budget of ${seen.budget} is spent.`;
  return 'Running.';
}

export function isPaused(seen: ValveSeen): boolean {
  return seen.damaged.length > 0 || holds(seen.pause, seen.at) || isSpent(seen);
}

export function isSpent(seen: ValveSeen): boolean {
  return seen.spentSince !== undefined && !isCountOver(seen);
}

/** A resumption after the start of the count has ended the count, even before a worker starts the next count. */
export function isCountOver({ countFrom, pause }: ValveSeen): boolean {
  return pause?.paused === false && countFrom !== undefined && pause.since > countFrom;
}
