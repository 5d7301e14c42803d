import type { Pause } from '../../core/valve/pause.ts';
import type { Column } from '../frame/output.ts';

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

export function waitingText(waiting: number | undefined): string {
  if (waiting === undefined) return 'How many findings wait is unknown.';
  return waiting === 1 ? '1 finding waits.' : `${waiting} findings wait.`;
}
