import type { DigestEntry } from '../../../src/core/alert-topic.ts';
import type { OutcomeName } from '../../../src/core/outcome.ts';
import type { Place } from '../model/bucket.ts';
import type { Entry } from '../model/objects.ts';
import type { Claim } from './claim.ts';
import type { Handling } from './handling.ts';

/** A worker removed a version or a delete marker. */
export interface Removed {
  readonly at: Place;
  readonly entry: Entry;
  readonly handling: Handling;
  /** What became the current entry by it. */
  readonly surfaced: Entry | undefined;
}

/** Owners, operators and S3 itself remove too. */
export type RemovedByOthers = Omit<Removed, 'handling'>;

/** A worker put a delete marker. */
export interface Hid {
  readonly at: Place;
  readonly marker: Entry;
  readonly was: Entry;
  readonly handling: Handling;
}

export interface Acknowledged {
  readonly handling: Handling;
  readonly how: 'delete' | 'park';
  readonly outcome: OutcomeName;
}

/** What a promise is told of, after the history has noted it. What came about in a known window is left out. */
export interface Happenings {
  removed(what: Removed): void;
  removedByOthers(what: RemovedByOthers): void;
  hid(what: Hid): void;
  copied(copy: Entry, handling: Handling): void;
  /** A worker put the tag of a fence. */
  fenced(entry: Entry, handling: Handling): void;
  /** A worker said that it may have left the tag of a fence on other bytes. */
  saidMayBeLeft(at: Place): void;
  /** A person put an object back. */
  restored(entry: Entry, copy: Entry, at: Place): void;
  /** In a record or in an alert. */
  said(claim: Claim, handling: Handling): void;
  /** A digest that sums up the finding was accepted. */
  folded(entry: DigestEntry, handling: Handling): void;
  acknowledged(what: Acknowledged): void;
  /** A handling ended, or its worker died. */
  ended(handling: Handling): void;
  /** The run is over, and every message should have ended. `crashed`: messages whose worker died over them. */
  over(crashed: ReadonlySet<string>): void;
}

/** What one promise remembers and asserts. */
export interface Checker extends Partial<Happenings> {
  /** All that it remembers, so that states can be told apart. */
  fingerprint?(): string;
}
