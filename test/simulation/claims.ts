import type { SourceVersions } from '../../src/core/choose-versions.ts';
import type { OutcomeName } from '../../src/core/outcome.ts';
import { Violation } from './actor.ts';
import type { Handling } from './handling.ts';
import type { Entry } from './model-objects.ts';
import { idOf } from './model-s3.ts';
import { type FlaggedTruth, isFlaggedBy } from './truth.ts';

/** What a record or an alert says. */
export interface Claim {
  readonly findingId: string;
  readonly outcome: OutcomeName;
  /** The words that people read; empty for a record. */
  readonly text: string;
  readonly removed?: readonly string[];
  readonly remaining: readonly string[];
  readonly uncompared: readonly string[];
  readonly markerVersionId: string | undefined;
  readonly isolationKey: string | undefined;
}

export interface KnownFacts {
  readonly entries: readonly Entry[];
  /** Keys of whole copies of the flagged bytes of this object. */
  readonly copies: readonly string[];
  /** Those among them that lie where this finding's copy belongs. */
  readonly ownCopies: readonly string[];
  readonly leftBehind: ReadonlySet<string>;
  /** Versions of the key that a record or alert has named as still there. */
  readonly named: ReadonlySet<string>;
  readonly goneBy: (write: string) => string | undefined;
  /** What persons have put on record as released. */
  readonly releasedIds: ReadonlySet<string>;
  readonly sourceVersions: SourceVersions;
  readonly handling: Handling;
}

/** Compares what is said with what happened. What came about while it was being said is nobody's lie. */
export function judgeClaim(claim: Claim, facts: KnownFacts, flagged: FlaggedTruth): void {
  const { handling, entries, copies } = facts;
  const lie = (why: string): never => {
    throw new Violation(
      'no untrue word',
      `${claim.outcome} is said of ${flagged.id.slice(0, 6)}, but ${why}`,
    );
  };
  const since = entries.filter((entry) => handling.thereAtStart.has(entry.write));
  const stillFlagged = since.find((entry) => isFlaggedBy(flagged, flagged, entry));
  const workerRemovedIt = facts.goneBy(flagged.write)?.startsWith('w') === true;

  if (
    claim.isolationKey !== undefined &&
    claim.outcome !== 'dry_run' &&
    !copies.includes(claim.isolationKey)
  ) {
    lie(`${claim.isolationKey} holds no whole copy`);
  }
  for (const id of claim.removed ?? []) {
    // Another object may have the id `null` by now.
    const isMeant = (entry: Entry) => id !== 'null' || isFlaggedBy(flagged, flagged, entry);
    const there = since.find((entry) => !entry.isMarker && idOf(entry) === id && isMeant(entry));
    if (there) lie(`${there.write}, on record as removed, is there`);
  }

  switch (claim.outcome) {
    case 'isolated':
    case 'already_isolated': {
      if (copies.length === 0) lie('there is no whole copy');
      // With an ETag alone any version of these bytes is meant; those that cannot be compared are named.
      // Who may not look can only repeat what is on record.
      const repeats = handling.isBlind && claim.outcome === 'already_isolated';
      const isReleased = stillFlagged !== undefined && facts.releasedIds.has(stillFlagged.eTag);
      if (stillFlagged && !repeats && !isReleased && !isNamedTwin(stillFlagged, facts))
        readable(claim, stillFlagged);
      const left = entries.find((entry) => mayBeKnown(entry, facts) && !facts.named.has(idOf(entry)));
      if (left) readable(claim, left);
      return;
    }
    case 'changed':
      if (stillFlagged) lie(`${stillFlagged.write} was there all the time`);
      if (handling.copyAtStart && !handling.changedOnRecordAtStart) lie('a verified copy was there before');
      if (workerRemovedIt && /nothing (was )?removed/.test(claim.text)) lie('a worker removed it');
      return;
    case 'gone':
      if (stillFlagged) lie(`${stillFlagged.write} was there all the time`);
      if (handling.copyAtStart) lie('a whole copy was there all the time');
      if (workerRemovedIt) lie('a worker removed it');
      return;
    case 'retained':
      if (copies.length === 0) lie('there is no whole copy');
      if (
        claim.text.includes('is STILL EXPOSED') &&
        !handling.wasExposed &&
        !entries.some(({ bytes }) => bytes === flagged.bytes)
      ) {
        lie('the source had been removed before');
      }
      judgeHidden(claim, facts, lie);
      return;
    case 'refused':
      if (
        /Object NOT isolated|is STILL EXPOSED/.test(claim.text) &&
        workerRemovedIt &&
        !stillFlagged &&
        !handling.wasExposed
      ) {
        lie('it had been isolated before');
      }
      return;
    case 'alerted':
    case 'ignored':
    case 'dry_run':
      if (handling.removed.length > 0) lie('something was removed');
      return;
    case 'released':
      if (facts.releasedIds.size === 0) lie('nobody released it');
      return;
    case 'rejected':
      return;
  }
}

/** An identical version that was there when the flagged one went, for one who could look, and did not look before. */
function mayBeKnown(entry: Entry, { leftBehind, handling, releasedIds }: KnownFacts): boolean {
  if (releasedIds.has(entry.eTag)) return false;
  if (handling.isBlind || !leftBehind.has(entry.write)) return false;
  return handling.listed === undefined || handling.listed.has(entry.write);
}

/** One that could not be compared, be it that reading was denied in the middle, stays and is named. */
function isNamedTwin(entry: Entry, { handling, named, sourceVersions }: KnownFacts): boolean {
  return (sourceVersions === 'flagged' || handling.isBlind) && named.has(idOf(entry));
}

/** What stays is to be named: by `identical` what could not be compared, by the others all that they leave. */
export function namedBy({ remaining, uncompared }: Claim, sourceVersions: SourceVersions): readonly string[] {
  return sourceVersions === 'identical' ? uncompared : remaining;
}

/** An object that our marker hides is not simply "still there". */
function judgeHidden(claim: Claim, { entries, handling }: KnownFacts, lie: (why: string) => never): void {
  const [top] = entries;
  if (!top?.isMarker || !top.by.startsWith('w') || claim.markerVersionId !== undefined) return;
  if (handling.isBlind) return;
  const known = handling.thereAtStart.has(top.write) || handling.markers.includes(top.write);
  if (!known && !handling.listed?.has(top.write)) return;
  if (entries.some((entry) => entry.write === top.hides)) lie(`${top.write} hides the object, untold`);
}

function readable(claim: Claim, entry: Entry): never {
  throw new Violation(
    'never leave flagged bytes readable',
    `${claim.outcome} is said, but ${entry.write} (${entry.bytes}) is readable`,
  );
}
