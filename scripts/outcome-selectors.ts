import {
  type Outcome,
  type OutcomeName,
  objectiveOf,
  outcomeReasons,
  outcomes,
  type Readable,
  readableAfter,
  settledBy,
} from '../src/core/outcome.ts';

const names = Object.keys(outcomes) as OutcomeName[];
const missed = names.filter((name) => outcomes[name].objective === 'missed');

/** The outcomes that miss the objective, as a regular expression of PromQL. */
export const missedOutcomes = missed.join('|');

/** The outcomes whose messages are parked. */
export const parkedOutcomes = names.filter((name) => outcomes[name].settledBy === 'park').join('|');

/** The outcomes that miss the objective and whose messages are parked. */
export const parkedMisses = missed.filter((name) => outcomes[name].settledBy === 'park').join('|');

/** Each way in which a finding can miss; one without a reason has an empty reason in its series. */
const misses = missed.flatMap((name) => {
  const reasons: readonly string[] = outcomeReasons[name];
  return (reasons.length === 0 ? [''] : reasons).map((reason) => ({
    reason,
    outcome: (reason === '' ? { name } : { name, reason }) as Outcome,
  }));
});

/** The reasons of parked findings that miss, after which the data can be read: surely, or perhaps. */
export function missedReasons(readable: Readable): string {
  const reasons = misses.filter(
    ({ outcome }) => settledBy(outcome) === 'park' && readableAfter(outcome) === readable,
  );
  return [...new Set(reasons.map(({ reason }) => reason))].join('|');
}

/** Selects the findings that miss the objective: outcomes that do, but for reasons after which nobody can read the data. */
export const missedFindings = `outcome=~"${missedOutcomes}",reason${exceptions()}`;

function exceptions(): string {
  const reasons = misses
    .filter(({ outcome }) => objectiveOf(outcome) !== 'missed')
    .map(({ reason }) => reason);
  return reasons.length === 1 ? `!="${reasons[0]}"` : `!~"${reasons.join('|')}"`;
}
