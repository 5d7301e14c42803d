import { type FindingState, findingStates } from '../../core/operate/reconcile/finding-state.ts';
import type { Compared } from '../../core/operate/reconcile/send-findings.ts';
import type { Column } from '../frame/column.ts';

/** The time span that was compared. */
export interface ComparedSpan {
  readonly since: Date;
  readonly until: Date;
  /** Whether nobody named the end: what is younger may still be on its way. */
  readonly endsBeforeNow: boolean;
}

/** How many findings of a time span are in each state, and how many were sent. */
export interface Totals {
  readonly span: ComparedSpan;
  readonly states: Readonly<Record<FindingState, number>>;
  readonly sent: number;
}

const names = Object.keys(findingStates) as readonly FindingState[];

export function countTotals(span: ComparedSpan): { add(one: Compared): void; totals(): Totals } {
  const states = Object.fromEntries(names.map((name) => [name, 0])) as Record<FindingState, number>;
  let sent = 0;
  return {
    add({ sending, state }) {
      states[state] += 1;
      if (sending === 'sent') sent += 1;
    },
    totals: () => ({ span, states, sent }),
  };
}

/** How many findings or records are not as they should be. */
export function differencesOf({ states }: Totals): number {
  return names.reduce((sum, name) => (name === 'done' ? sum : sum + states[name]), 0);
}

/** The columns of `reconcile --totals`: metrics are made of these names. */
export const totalColumns: readonly Column<Totals>[] = [
  ...names.map(
    (name): Column<Totals> => ({
      name: name.replace('-', '_'),
      title: `${findingStates[name].sign} ${name.replace('-', ' ').toUpperCase()}`,
      value: ({ states }) => states[name],
    }),
  ),
  { name: 'differences', title: 'DIFFERENCES', value: differencesOf },
  { name: 'sent', title: 'SENT', value: ({ sent }) => sent },
  { name: 'since', title: 'SINCE', value: ({ span }) => span.since.toISOString(), isDetail: true },
  { name: 'until', title: 'UNTIL', value: ({ span }) => span.until.toISOString(), isDetail: true },
];

/** Returns the totals as a sentence, with the signs of the lines. */
export function totalsText({ sent, states }: Totals): string {
  const parts = names
    .filter((name) => name === 'done' || states[name] > 0)
    .map(
      (name) =>
        `${findingStates[name].sign} ${states[name].toLocaleString('en')} ${findingStates[name].meaning}`,
    );
  return `${parts.join(', ')}; ${sent.toLocaleString('en')} sent.`;
}

/** Returns a sentence about the time span, without which totals of two days cannot be compared. */
export function spanText({ endsBeforeNow, since, until }: ComparedSpan): string {
  const minute = (at: Date) => at.toISOString().slice(0, 16).replace('T', ' ');
  const left = endsBeforeNow ? '; the last quarter of an hour is left out' : '';
  return `Findings from ${minute(since)} to ${minute(until)} UTC${left}.`;
}
