import { alertIsDue, type Outcome, type OutcomeName } from '../../../src/core/outcome.ts';
import { Violation } from '../actor.ts';
import type { Claim } from '../history/claim.ts';
import type { Handling } from '../history/handling.ts';
import type { Checker } from '../history/happenings.ts';

/** Invariant 4: of each outcome that is due people are told; and not again, unless something failed in between. */
export function peopleAreToldOnce(): Checker {
  /** By finding and outcome: how the handling that told of it last went. */
  const told = new Map<string, Handling>();
  /** Findings whose handling failed somewhere: then a repetition may not know what was said. */
  const disturbed = new Set<string>();

  const nameOf = ({ flagged }: Handling, outcome: OutcomeName) => `${flagged?.name} ${outcome}`;
  const broken = (why: string): never => {
    throw new Violation('effect once', why);
  };
  const mayRepeat = (claim: Claim, before: Handling, now: Handling): boolean =>
    before.isShared ||
    now.isShared ||
    disturbed.has(now.flagged?.name ?? '') ||
    [...before.failedCalls, ...now.failedCalls].length > 0 ||
    // It was put again, and removed again; or a marker hides it of which nobody may know.
    now.removed.length > 0 ||
    claim.markerVersionId !== undefined;

  return {
    said(claim, handling) {
      const name = nameOf(handling, claim.outcome);
      if (claim.in === 'record') {
        if (claim.fields['alert_result'] !== 'sent' || told.has(name)) return;
        throw new Violation('no untrue word', `the record of ${name} speaks of an alert that was never sent`);
      }
      const before = told.get(name);
      if (before && !mayRepeat(claim, before, handling)) broken(`people are told twice of ${name}`);
      told.set(name, handling);
    },
    ended({ failedCalls, flagged }) {
      if (failedCalls.length > 0 && flagged) disturbed.add(flagged.name);
    },
    acknowledged({ handling, outcome }) {
      const isDue = alertIsDue({ name: outcome } as Outcome);
      if (!isDue || told.has(nameOf(handling, outcome))) return;
      if (handling.failedCalls.includes('alerts.publish')) return;
      broken(`nobody was told of ${nameOf(handling, outcome)}`);
    },
    fingerprint: () =>
      [
        [...told]
          .map(([name, { isShared, failedCalls }]) => `${name}:${isShared}:${failedCalls.length > 0}`)
          .sort(),
        [...disturbed].sort(),
      ].join('\n'),
  };
}
