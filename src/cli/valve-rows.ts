import type { ValveSeen } from '../core/operate/pause-service.ts';
import { holds, type Pause } from '../core/valve/pause.ts';
import type { Column } from './frame/output.ts';
import { visible } from './frame/terminal.ts';

/** The change that `pause` or `resume` has written, and the number of waiting messages. */
export interface ValveRow {
  readonly state: 'paused' | 'running';
  readonly pause?: Pause;
  /** The messages of the findings queue; absent if the queue did not answer. */
  readonly waiting?: number;
}

export const valveColumns: readonly Column<ValveRow>[] = [
  { name: 'state', title: 'STATE', value: ({ state }) => state },
  { name: 'by', title: 'BY', value: ({ pause }) => pause?.by ?? null },
  { name: 'reason', title: 'REASON', value: ({ pause }) => pause?.reason ?? null },
  { name: 'since', title: 'SINCE', value: ({ pause }) => pause?.since.toISOString() ?? null },
  { name: 'until', title: 'UNTIL', value: ({ pause }) => pause?.until?.toISOString() ?? null },
  { name: 'budget', title: 'BUDGET', value: ({ pause }) => pause?.budget ?? null },
  { name: 'waiting', title: 'WAITING', value: ({ waiting }) => waiting ?? null },
];

/** Describes in one sentence why the service isolates nothing now. */
export function stateText(seen: ValveSeen): string {
  const { at, damaged, pause, spentSince } = seen;
  if (damaged.length > 0) return `Paused: ${damaged.join(' and ')} cannot be understood.`;
  if (holds(pause, at)) {
    const until = pause.until === undefined ? '' : ` until ${pause.until.toISOString()}`;
    return `Paused by ${visible(pause.by)} since ${pause.since.toISOString()}${until}: ${visible(pause.reason)}.`;
  }
  if (isSpent(seen))
    return `Paused since ${spentSince?.toISOString()}: the budget of ${seen.budget} is spent.`;
  return 'Running.';
}

export function isPaused(seen: ValveSeen): boolean {
  return seen.damaged.length > 0 || holds(seen.pause, seen.at) || isSpent(seen);
}

/** A resumption after the start of the count has ended the count, even before a worker starts the next count. */
function isSpent({ countFrom, pause, spentSince }: ValveSeen): boolean {
  if (spentSince === undefined) return false;
  return !(pause?.paused === false && countFrom !== undefined && pause.since > countFrom);
}

export function waitingText(waiting: number | undefined): string {
  if (waiting === undefined) return 'How many findings wait is unknown.';
  return waiting === 1 ? '1 finding waits.' : `${waiting} findings wait.`;
}
