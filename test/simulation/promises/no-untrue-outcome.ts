import { Violation } from '../actor.ts';
import type { Claim } from '../history/claim.ts';
import { isWorker, releasedIds, saysWhereFrom, wholeCopies } from '../history/facts.ts';
import type { Handling } from '../history/handling.ts';
import type { Checker } from '../history/happenings.ts';
import type { History } from '../history/history.ts';
import { type FlaggedTruth, isFlaggedBy } from '../history/truth.ts';
import { mayBeSameBytes } from '../model/objects.ts';

/** Invariant 4: no record and no alert names an outcome that is not the case. What came about while it was being said is nobody's lie. */
export function noUntrueOutcome(history: History): Checker {
  const { s3, goneBy } = history;

  const judge = (claim: Claim, handling: Handling, flagged: FlaggedTruth): void => {
    const lie = (why: string): never => {
      throw new Violation('no untrue word', `${claim.outcome} is said of ${flagged.name}, but ${why}`);
    };
    const copies = wholeCopies(s3, flagged, flagged.bytes);
    const entries = s3.entries(flagged);
    const stillFlagged = entries.find(
      (entry) => handling.thereAtStart.has(entry.write) && isFlaggedBy(flagged, flagged, entry),
    );
    const putAgain = history.world.features.includes('same-etag')
      ? entries.find((entry) => handling.thereAtStart.has(entry.write) && entry.eTag === flagged.eTag)
      : undefined;
    const there = stillFlagged ?? putAgain;
    const workerRemovedIt = isWorker(goneBy.get(flagged.write) ?? '');
    const { isolationKey, outcome, text } = claim;
    if (['changed', 'gone'].includes(outcome) && copies.some((key) => !saysWhereFrom(s3, key))) {
      history.count('copy-without-provenance');
    }
    if (isolationKey !== undefined && outcome !== 'dry_run' && !copies.includes(isolationKey)) {
      lie(`${isolationKey} holds no whole copy`);
    }
    switch (outcome) {
      case 'isolated':
      case 'already_isolated':
        if (copies.length === 0) lie('there is no whole copy');
        return;
      case 'changed':
        if (there) lie(`${there.write} was there all the time`);
        if (handling.copyAtStart && !handling.changedOnRecordAtStart) lie('a verified copy was there before');
        if (workerRemovedIt && /nothing (was )?removed/.test(text)) lie('a worker removed it');
        return;
      case 'gone':
        if (there) lie(`${there.write} was there all the time`);
        if (handling.copyAtStart) lie('a whole copy was there all the time');
        if (workerRemovedIt) lie('a worker removed it');
        return;
      case 'retained': {
        if (copies.length === 0) lie('there is no whole copy');
        const isThere =
          handling.mayHaveBeenExposed || entries.some((entry) => mayBeSameBytes(entry, flagged));
        if (text.includes('is STILL EXPOSED') && !isThere) lie('the source had been removed before');
        return;
      }
      case 'held':
        if (handling.removed.length > 0) lie('something was removed');
        if (workerRemovedIt && !stillFlagged && !handling.wasExposed) lie('it had been isolated before');
        if (claim.in === 'alert' && !saysWhatCanBeRead(claim)) lie('people are not told that it can be read');
        return;
      case 'refused': {
        const saysExposed = /Object NOT isolated|is STILL EXPOSED/.test(text);
        if (saysExposed && workerRemovedIt && !stillFlagged && !handling.wasExposed) {
          lie('it had been isolated before');
        }
        return;
      }
      case 'alerted':
      case 'ignored':
      case 'dry_run':
        if (handling.removed.length > 0) lie('something was removed');
        return;
      case 'released':
        if (releasedIds(s3, flagged).size === 0) lie('nobody released it');
        return;
      case 'rejected':
        return;
    }
  };

  return {
    said(claim, handling) {
      const { flagged } = handling;
      if (flagged === undefined || claim.findingId !== flagged.id) {
        throw new Violation('no untrue word', `${handling.by} speaks of a finding that it does not handle`);
      }
      judge(claim, handling, flagged);
    },
  };
}

/** What is held can be read, unless it is fenced. Versions that the fence does not cover are named as readable. */
function saysWhatCanBeRead({ fields, text }: Claim): boolean {
  if (fields['fence'] !== 'fenced') return text.includes('is STILL EXPOSED');
  const isWholly = fields['readable'] === 'no';
  return text.includes('The object is fenced') && text.includes('are STILL READABLE') !== isWholly;
}
