import type { Message } from '../../../src/core/message.ts';
import type { OutcomeName } from '../../../src/core/outcome.ts';
import type { Place } from '../model/bucket.ts';
import { type Entry, idOf } from '../model/objects.ts';
import type { Witness } from '../model/ports.ts';
import type { S3Watcher } from '../model/s3.ts';
import { promises } from '../promises/promises.ts';
import { type Claim, claimOfAlert, claimOfRecord } from './claim.ts';
import { isWorker, knownCopies, releasedIds, saysWhereFrom, writesAt } from './facts.ts';
import { beginHandling, isAt, mayBeFlagged } from './handling.ts';
import type { Checker, Happenings } from './happenings.ts';
import { createHistory, type Scene } from './history.ts';
import type { FlaggedTruth } from './truth.ts';
import { isOverSameETag, type KnownWindow, windowOfRemoval } from './windows.ts';

/**
 * What comes between the look at versioning and the marker. Whether MFA is needed the adapter knows from that very look, so
 * that this asks nothing more.
 */
const keepsVersioningSeen: ReadonlySet<string> = new Set(['source.plainDelete', 'source.needsMfa']);

/** Hears everything that happens, keeps the history of it, and asks every promise whether it still holds. */
export interface Court extends Witness, S3Watcher {
  /** Told before each call of a worker. */
  called(by: string, name: string): void;
  /** Told of each fault in a call. */
  disturbed(by: string, name: string): void;
  begin(by: string, message: Message, flagged: FlaggedTruth | undefined): void;
  end(by: string): void;
  acknowledged(by: string, how: 'delete' | 'park', outcome: OutcomeName): void;
  over(crashed: ReadonlySet<string>): void;
  readonly windows: ReadonlyMap<KnownWindow, number>;
  fingerprint(): string;
}

export function createCourt(scene: Scene): Court {
  const { world, s3, rules } = scene;
  const history = createHistory(scene);
  const { handlings, handlingOf } = history;
  const checkers: readonly Checker[] = promises.map((create) => create(history));
  const tell = <Name extends keyof Happenings>(name: Name, ...what: Parameters<Happenings[Name]>): void => {
    for (const checker of checkers) {
      const hear = checker[name] as ((...told: typeof what) => void) | undefined;
      hear?.(...what);
    }
  };
  const said = (by: string, claim: Claim): void => {
    const handling = handlingOf(by);
    if (claim.in === 'record' && handling.flagged) history.noteRecord(handling.flagged, claim.outcome);
    tell('said', claim, handling);
  };

  return {
    windows: history.windows,
    destroyed(at, entry, by, surfaced) {
      history.goneBy.set(entry.write, by);
      const now = history.now();
      if (now !== undefined) history.goneAt.set(entry.write, now);
      if (!isWorker(by)) {
        const below = writesAt(s3, at);
        for (const handling of handlings.values()) if (isAt(handling, at)) handling.removedAbove.push(below);
        return tell('removedByOthers', { at, entry, surfaced });
      }
      const handling = handlingOf(by);
      const window = windowOfRemoval({ entry, handling }, s3.entries(at)[0]);
      if (window !== undefined) {
        history.goneBy.delete(entry.write);
        return history.count(window);
      }
      if (entry.isMarker) noteUncovered(at, entry, by);
      else handling.removed.push(idOf(entry));
      tell('removed', { at, entry, handling, surfaced });
    },
    hidden(at, marker, was, by) {
      if (!isWorker(by) || was === undefined) return;
      const handling = handlingOf(by);
      handling.markers.push(marker.write);
      if (isOverSameETag(was, handling)) {
        history.overSameETag.add(marker.write);
        return history.count('marker-over-same-etag');
      }
      tell('hid', { at, marker, was, handling });
    },
    listed(by, at, entries) {
      const handling = handlingOf(by);
      if (!isAt(handling, at)) return;
      handling.listed = new Set(entries.map((entry) => entry.write));
      handling.listedIds = new Set(entries.map(idOf));
      handling.listedTop = entries[0];
      if (entries[0]?.isMarker) handling.sawMarkerOnTop = true;
      handling.listedETags = new Set(entries.filter(({ isMarker }) => !isMarker).map(({ eTag }) => eTag));
      handling.removedAbove = [];
      handling.uncovered = [];
    },
    looked(by, at, versionId) {
      const handling = handlings.get(by);
      if (handling === undefined || !isAt(handling, at)) return;
      const entry = s3.read(at, versionId);
      handling.seen = entry?.write;
      if (versionId === undefined) handling.sawObject = entry !== undefined;
      if (entry?.bytes === handling.flagged?.bytes) handling.wasExposed = true;
      if (entry && mayBeFlagged(entry, handling.flagged)) handling.mayHaveBeenExposed = true;
      if (versionId === 'null') handling.nullSeen = handling.seen;
    },
    refused(by) {
      const handling = handlings.get(by);
      if (handling) handling.isBlind = true;
    },
    sawVersioning(by, state) {
      const handling = handlings.get(by);
      if (handling) handling.sawEnabled = state === 'enabled';
    },
    called(by, name) {
      const handling = handlings.get(by);
      if (handling && !keepsVersioningSeen.has(name)) handling.sawEnabled = false;
      if (handling && ['source.plainDelete', 'source.deleteVersion'].includes(name))
        handling.sawObject = false;
      if (handling === undefined || name === 'source.deleteVersion') return;
      handling.nullSeen = undefined;
      handling.seen = undefined;
    },
    disturbed: (by, name) => void handlings.get(by)?.failedCalls.push(name),
    isolationFailed: (by) => void handlings.get(by)?.failedCalls.push('isolation'),
    copied(by, copy) {
      const handling = handlingOf(by);
      handling.copied.push(copy.write);
      tell('copied', copy, handling);
    },
    restored: (entry, copy, at) => tell('restored', entry, copy, at),
    wrote(by, key, json) {
      if (key.startsWith('records/')) said(by, claimOfRecord(key, json));
    },
    alerted: (by, alert) => said(by, claimOfAlert(alert)),
    sawMfa: (by, isNeeded) => void (handlingOf(by).sawMfa = isNeeded),
    unit(by, what) {
      const handling = handlingOf(by);
      if (what === 'refused') handling.isPaused = true;
      else handling.units += what === 'taken' ? 1 : -1;
      if (what === 'given-back') handling.hasGivenBack = true;
    },
    unitOfLimit(by, what, hour) {
      const { unitsOfLimit } = handlingOf(by);
      if (what === 'taken') unitsOfLimit.push(hour);
      else if (what === 'given-back') unitsOfLimit.splice(unitsOfLimit.indexOf(hour), 1);
      else handlingOf(by).isHeld = true;
    },
    fenced(by, entry, isFenced) {
      const handling = handlingOf(by);
      if (isFenced) {
        handling.fenced.add(entry.write);
        handling.fencedOnce.add(entry.write);
        tell('fenced', entry, handling);
      } else for (const other of handlings.values()) other.fenced.delete(entry.write);
    },
    fenceMayBeLeft: (at) => tell('saidMayBeLeft', at),
    digested: (by, entry) => tell('folded', entry, handlingOf(by)),
    begin(by, message, flagged) {
      if (flagged) history.begun.add(flagged);
      const known = {
        copyAtStart:
          flagged !== undefined && knownCopies(world, s3, flagged).some((copy) => saysWhereFrom(s3, copy)),
        releasedAtStart: flagged ? releasedIds(s3, flagged) : new Set<string>(),
        changedOnRecordAtStart: flagged !== undefined && history.recorded(flagged, 'changed'),
        rulesAtStart: { ...rules },
      };
      const handling = beginHandling(by, message, flagged, flagged ? s3.entries(flagged) : [], known);
      for (const other of handlings.values()) {
        const isSame = other.flagged?.id === flagged?.id || (flagged && isAt(other, flagged));
        if (isSame) handling.isShared = other.isShared = true;
      }
      handlings.set(by, handling);
    },
    end(by) {
      const handling = handlings.get(by);
      handlings.delete(by);
      if (handling) tell('ended', handling);
    },
    acknowledged: (by, how, outcome) => tell('acknowledged', { handling: handlingOf(by), how, outcome }),
    over: (crashed) => tell('over', crashed),
    fingerprint: () =>
      [history.fingerprint(), ...checkers.map((checker) => checker.fingerprint?.() ?? '')].join('\n'),
  };

  /** Others may have listed it as what keeps older versions from surfacing. */
  function noteUncovered(at: Place, marker: Entry, by: string) {
    for (const [other, handling] of handlings) {
      if (other === by || !isAt(handling, at) || !handling.listed?.has(marker.write)) continue;
      handling.uncovered.push(writesAt(s3, at));
    }
  }
}
