import type { Message } from '../../../src/core/message.ts';
import type { Rules } from '../deeds.ts';
import type { Place } from '../model/bucket.ts';
import { type Entry, idOf, mayBeSameBytes } from '../model/objects.ts';
import type { FlaggedTruth } from './truth.ts';

/** What one handling of a message could know and has seen, so that its words can be judged. */
export interface Handling {
  /** The worker. */
  readonly by: string;
  readonly messageId: string;
  readonly message: Message;
  /** What operators had ruled when the message was received. */
  readonly rulesAtStart: Pick<Rules, 'isolates' | 'mode'>;
  readonly flagged: FlaggedTruth | undefined;
  /** The writes at the key when the message was received. */
  readonly thereAtStart: ReadonlySet<string>;
  /** Flagged bytes lay there when it began, or when it looked. */
  wasExposed: boolean;
  /** The same of bytes that a handling cannot tell from the flagged ones. */
  mayHaveBeenExposed: boolean;
  /** A whole copy of the flagged bytes lay where this finding's copy belongs. */
  readonly copyAtStart: boolean;
  /** What persons had put on record as released. */
  readonly releasedAtStart: ReadonlySet<string>;
  readonly changedOnRecordAtStart: boolean;
  /** The newest listing of the key. */
  listed: ReadonlySet<string> | undefined;
  listedETags: ReadonlySet<string>;
  listedIds: ReadonlySet<string>;
  /** The ids at the key when the message was received. */
  readonly idsAtStart: ReadonlySet<string>;
  /** What that listing showed as the current one. */
  /** A listing showed a marker as the current version. */
  sawMarkerOnTop: boolean;
  listedTop: { readonly write: string; readonly eTag: string } | undefined;
  /** What others than workers have removed since then: the writes that each of these lay on. */
  removedAbove: ReadonlySet<string>[];
  /** The same of markers that were listed, and that another worker, which had put them, took away again. */
  uncovered: ReadonlySet<string>[];
  /** The `null` version, if looking at it was the last thing done. */
  nullSeen: string | undefined;
  /** That versioning was found enabled, if that was the last thing done. */
  sawEnabled: boolean;
  /** The version looked at, if that was the last thing done. */
  seen: string | undefined;
  /** It saw an object at the key, and has tried to remove nothing since. */
  sawObject: boolean;
  /** It was refused a look at the source, so it cannot know what is there. */
  isBlind: boolean;
  /** The ids of the versions that this handling itself removed. */
  readonly removed: string[];
  /** The copies that it made. */
  readonly copied: string[];
  /** What it has put the tag of a fence on, and nobody has taken it from since. */
  readonly fenced: Set<string>;
  /** What it has put the tag of a fence on, also if the tag was taken away since. */
  readonly fencedOnce: Set<string>;
  /** The calls in which something went wrong. */
  readonly failedCalls: string[];
  /** Another worker had a message about the same finding or object meanwhile. */
  isShared: boolean;
  /** The markers that it put. */
  readonly markers: string[];
  /** What it was told when it asked whether markers can be removed only with MFA. */
  sawMfa: boolean | undefined;
  /** Units of the isolation budget that it has taken and not given back. */
  units: number;
  hasGivenBack: boolean;
  /** The hours of the units of the limit that it has taken and not given back. */
  readonly unitsOfLimit: number[];
  /** It asked for a unit of the limit, and none was left. */
  isHeld: boolean;
  /** It asked for a unit while the service was paused. */
  isPaused: boolean;
}

export function beginHandling(
  by: string,
  message: Message,
  flagged: FlaggedTruth | undefined,
  entries: readonly Entry[],
  known: Pick<Handling, 'copyAtStart' | 'releasedAtStart' | 'changedOnRecordAtStart' | 'rulesAtStart'>,
): Handling {
  return {
    by,
    messageId: message.id,
    message,
    flagged,
    thereAtStart: new Set(entries.map((entry) => entry.write)),
    wasExposed: entries.some((entry) => !entry.isMarker && entry.bytes === flagged?.bytes),
    mayHaveBeenExposed: entries.some((entry) => mayBeFlagged(entry, flagged)),
    ...known,
    listed: undefined,
    listedETags: new Set(),
    listedIds: new Set(),
    idsAtStart: new Set(entries.map(idOf)),
    sawMarkerOnTop: false,
    listedTop: undefined,
    removedAbove: [],
    uncovered: [],
    nullSeen: undefined,
    seen: undefined,
    sawEnabled: false,
    sawObject: false,
    isBlind: false,
    removed: [],
    copied: [],
    fenced: new Set(),
    fencedOnce: new Set(),
    failedCalls: [],
    isShared: false,
    markers: [],
    sawMfa: undefined,
    units: 0,
    hasGivenBack: false,
    unitsOfLimit: [],
    isHeld: false,
    isPaused: false,
  };
}

/** Whether a handling cannot tell what lies there from the flagged bytes. */
export function mayBeFlagged(entry: Entry, flagged: FlaggedTruth | undefined): boolean {
  return flagged !== undefined && !entry.isMarker && mayBeSameBytes(entry, flagged);
}

export function isAt(handling: Handling, at: Place): boolean {
  return handling.flagged?.bucket === at.bucket && handling.flagged.key === at.key;
}

/** For telling states apart: all of it. */
export function fingerprintOf(handling: Handling): string {
  const { messageId, thereAtStart, copyAtStart, changedOnRecordAtStart, listed, removedAbove, uncovered } =
    handling;
  return [
    messageId,
    [...thereAtStart].join(),
    handling.wasExposed,
    handling.mayHaveBeenExposed,
    copyAtStart,
    [...handling.releasedAtStart].join(),
    changedOnRecordAtStart,
    listed ? [...listed].join() : '-',
    handling.listedTop?.write ?? '-',
    handling.sawMarkerOnTop,
    removedAbove.map((below) => [...below].join()).join(';'),
    uncovered.map((below) => [...below].join()).join(';'),
    handling.nullSeen ?? '-',
    handling.seen ?? '-',
    handling.sawEnabled,
    handling.sawObject,
    handling.isBlind,
    handling.removed.join(),
    handling.copied.join(),
    [...handling.fenced].join(),
    [...handling.fencedOnce].join(),
    handling.failedCalls.join(),
    handling.isShared,
    [...handling.idsAtStart].join(),
    handling.markers.join(),
    handling.message.receiveCount,
    `${handling.rulesAtStart.isolates} ${handling.rulesAtStart.mode}`,
    handling.sawMfa,
    handling.units,
    handling.hasGivenBack,
    handling.unitsOfLimit.join(),
    handling.isHeld,
    handling.isPaused,
  ].join('|');
}
