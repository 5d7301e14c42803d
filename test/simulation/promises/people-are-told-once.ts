import { alertIsDue, type Outcome, type OutcomeName } from '../../../src/core/outcome.ts';
import { Violation } from '../actor.ts';
import type { Claim } from '../history/claim.ts';
import type { Handling } from '../history/handling.ts';
import type { Checker } from '../history/happenings.ts';

interface Told {
  readonly handling: Handling;
  /** The record that the alert named. */
  readonly recordKey: string | undefined;
}

/** Outcomes after which a person has to act. A digest would hide them among others. */
const needPeople: ReadonlySet<OutcomeName> = new Set(['retained', 'refused', 'rejected']);

/** Invariant 4: of each outcome that is due people are told; and not again, unless something failed in between. */
export function peopleAreToldOnce(): Checker {
  /** By finding and outcome: how the handling that told of it last went. */
  const told = new Map<string, Told>();
  /** By key: which finding and outcome a record is about. */
  const records = new Map<string, string>();
  /** Findings whose handling failed somewhere: then a repetition may not know what was said. */
  const disturbed = new Set<string>();

  const nameOf = ({ flagged }: Handling, outcome: OutcomeName) => `${flagged?.name} ${outcome}`;
  const broken = (why: string): never => {
    throw new Violation('effect once', why);
  };
  /** The alert named a record that turned out to be about another object under this finding id. */
  const isCorrected = (recordKey: string | undefined, name: string): boolean =>
    ![undefined, name].includes(records.get(recordKey ?? ''));
  const mayRepeat = (claim: Partial<Claim>, { handling: before }: Told, now: Handling): boolean =>
    before.isShared ||
    now.isShared ||
    disturbed.has(now.flagged?.name ?? '') ||
    [...before.failedCalls, ...now.failedCalls].length > 0 ||
    // It was put again, and removed again; or a marker hides it, or a fence was put, of which nobody may know.
    now.removed.length > 0 ||
    now.fencedOnce.size > 0 ||
    claim.markerVersionId !== undefined;

  return {
    said(claim, handling) {
      const name = nameOf(handling, claim.outcome);
      if (claim.in === 'record') {
        if (claim.recordKey !== undefined) records.set(claim.recordKey, name);
        if (!['sent', 'folded'].includes(String(claim.fields['alert_result'])) || told.has(name)) return;
        throw new Violation('no untrue word', `the record of ${name} speaks of an alert that was never sent`);
      }
      const before = told.get(name);
      const isFirst = before === undefined || isCorrected(before.recordKey, name);
      if (!isFirst && !mayRepeat(claim, before, handling)) broken(`people are told twice of ${name}`);
      told.set(name, { handling, recordKey: claim.recordKey });
    },
    folded({ finding, outcome }, handling) {
      const name = nameOf(handling, outcome.name);
      if (finding.id !== handling.flagged?.id) broken(`a digest speaks of ${finding.id} in place of ${name}`);
      if (needPeople.has(outcome.name)) broken(`${name} is folded away`);
      const before = told.get(name);
      if (before !== undefined && !mayRepeat({}, before, handling))
        broken(`people are told twice of ${name}`);
      told.set(name, { handling, recordKey: undefined });
    },
    ended({ failedCalls, flagged }) {
      if (failedCalls.length > 0 && flagged) disturbed.add(flagged.name);
    },
    acknowledged({ handling, outcome }) {
      const isDue = alertIsDue({ name: outcome } as Outcome);
      if (!isDue || told.has(nameOf(handling, outcome))) return;
      if (['alerts.publish', 'alerts.digest'].some((call) => handling.failedCalls.includes(call))) return;
      broken(`nobody was told of ${nameOf(handling, outcome)}`);
    },
    fingerprint: () =>
      [
        [...told]
          .map(
            ([name, { handling, recordKey }]) =>
              `${name}:${handling.isShared}:${handling.failedCalls.length > 0}:${recordKey}`,
          )
          .sort(),
        [...records].map(String).sort(),
        [...disturbed].sort(),
      ].join('\n'),
  };
}
