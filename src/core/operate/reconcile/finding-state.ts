import { type Outcome, type OutcomeName, outcomes, readableAfter } from '../../outcome.ts';

/** The state of a finding by its records. */
export type FindingState = keyof typeof findingStates;

/** The states, each with its sign and with what it means for people. */
export const findingStates = {
  done: { sign: '=', meaning: 'done' },
  'no-record': { sign: '-', meaning: 'without a record' },
  readable: { sign: '!', meaning: 'can or may still be read' },
  held: { sign: 'h', meaning: 'held by a limit' },
  'dry-run': { sign: '~', meaning: 'dry run only' },
  'no-finding': { sign: '?', meaning: 'record without a finding' },
  'not-given': { sign: 'x', meaning: 'listed by Macie, but not given when asked' },
} as const;

const strongestFirst = ['done', 'readable', 'held', 'dry-run'] as const;

const worstFirst = ['readable', 'held', 'dry-run', 'done'] as const;

/** A limit and a dry run have states of their own, because each has a flag that sends its findings again. */
function stateOfOutcome(name: OutcomeName): FindingState {
  if (name === 'held') return 'held';
  if (name === 'dry_run') return 'dry-run';
  const { objective, settledBy } = outcomes[name];
  return objective === 'missed' || settledBy === 'park' ? 'readable' : 'done';
}

/**
 * Returns the state by the outcomes on record. One record that says `done` is enough. An outcome that a newer version wrote counts as done: this
 * version must not send what it does not understand.
 */
export function stateOf(names: readonly string[]): FindingState {
  const states = new Set<FindingState>(
    names.map((name) => (name in outcomes ? stateOfOutcome(name as OutcomeName) : 'done')),
  );
  return strongestFirst.find((state) => states.has(state)) ?? 'no-record';
}

/** Returns the state of a finding by the states of its objects: one object that can be read is enough. */
export function worstOf(states: readonly FindingState[]): FindingState {
  return worstFirst.find((state) => states.includes(state)) ?? 'no-record';
}

/** Whether a record of an outcome that leaves the source alone says that nobody can read the data any more. */
export function isUnreadable(name: string, reason: string | null): boolean {
  if (!(name in outcomes)) return false;
  const outcome = (reason === null ? { name } : { name, reason }) as Outcome;
  return readableAfter(outcome) === 'no';
}
