import type { Alert } from '../../src/core/alert.ts';
import type { OutcomeName } from '../../src/core/outcome.ts';
import { Violation } from './actor.ts';
import { type Claim, judgeClaim, type KnownFacts, namedBy } from './claims.ts';
import { beginHandling, fingerprintOf, type Handling, isAt } from './handling.ts';
import type { Entry } from './model-objects.ts';
import type { Witness } from './model-ports.ts';
import type { ModelQueue } from './model-queue.ts';
import { idOf, type ModelS3, type Place, type S3Watcher } from './model-s3.ts';
import { type FlaggedTruth, isFlaggedBy } from './truth.ts';
import { isolationBucketName, type World } from './world.ts';

/** Where S3 leaves a gap that nothing can close. Counted, never failed. */
export type KnownWindow =
  | 'release-while-isolating'
  | 'marker-over-same-etag'
  | 'null-version-replaced-by-marker'
  | 'newer-entries-removed-by-owner'
  | 'acknowledged-by-another-worker'
  | 'policy-changed-over-a-marker'
  | 'hidden-version-removed-by-another-worker'
  | 'marker-taken-away-by-another-worker'
  | 'null-version-written-before-delete';

export interface Invariants extends Witness, S3Watcher {
  /** Told before each call of a worker. */
  called(by: string, name: string): void;
  begin(by: string, messageId: string, flagged: FlaggedTruth | undefined): void;
  end(by: string): void;
  acknowledged(by: string, how: 'delete' | 'park', outcome: OutcomeName): void;
  atEnd(crashed: ReadonlySet<string>): void;
  readonly windows: ReadonlyMap<KnownWindow, number>;
  fingerprint(): string;
}

/** The promises of the product (design: invariants 1 to 5), judged by the model's own history alone. */
export function createInvariants(world: World, s3: () => ModelS3, queue: () => ModelQueue): Invariants {
  const handlings = new Map<string, Handling>();
  const windows = new Map<KnownWindow, number>();
  /** Who removed what; what went in a known window, nobody did. */
  const gone = new Map<string, string>();
  /** Identical versions that were there, and known, when the flagged one went. */
  const leftBehind = new Map<string, ReadonlySet<string>>();
  const records = new Map<string, Set<string>>();
  const alerts = new Set<string>();
  /** Markers of workers that a record or alert has named. */
  const namedMarkers = new Set<string>();
  /** Versions that a record or alert has named, by place. */
  const named = new Map<string, ReadonlySet<string>>();
  /** For which message a marker was put, and who acknowledged a message last. */
  const markedFor = new Map<string, string>();
  const acknowledgedBy = new Map<string, string>();
  const acknowledgedAs = new Map<string, OutcomeName>();
  /** Markers of workers over a version that only has the ETag of the one meant, and those that an owner brought to light. */
  const overTwins = new Set<string>();
  const broughtToLight = new Set<string>();
  /** Places that a worker was not allowed to look at. */
  const unseen = new Set<string>();
  const truths = new Map<string, FlaggedTruth>();

  const count = (window: KnownWindow): void => void windows.set(window, (windows.get(window) ?? 0) + 1);
  const handlingOf = (by: string): Handling => {
    const handling = handlings.get(by);
    if (handling === undefined)
      throw new Violation('never touch other bytes', `${by} acts without a message`);
    return handling;
  };
  const wholeCopies = (at: Place, bytes: string): string[] =>
    [...s3().bucket(isolationBucketName).keys].flatMap(([key, [entry]]) => {
      const from = entry?.copyOf;
      const whole = entry?.bytes === bytes && from?.bucket === at.bucket && from.key === at.key;
      return whole ? [key] : [];
    });
  const ownCopies = (flagged: FlaggedTruth): string[] => {
    const id = `@${flagged.versionId ?? flagged.eTag}`;
    return wholeCopies(flagged, flagged.bytes).filter((key) => key.endsWith(id) || key.endsWith(`${id}~1`));
  };
  const mayGo = (at: Place, entry: Entry, { flagged, listed, listedETags }: Handling): boolean => {
    if (flagged === undefined || flagged.isForeign || !isPlace(flagged, at)) return false;
    if (isFlaggedBy(flagged, at, entry)) return true;
    switch (world.sourceVersions) {
      case 'flagged':
        return false;
      case 'identical':
        return entry.bytes === flagged.bytes;
      case 'all':
        return listed?.has(entry.write) === true || listedETags.has(entry.eTag);
    }
  };

  const judgeSurfaced = (handling: Handling, entry: Entry, surfaced: Entry): void => {
    // Our own marker taken away again, or the same bytes as before: nothing is readable that was not.
    if (entry.isMarker ? entry.hides === surfaced.write : entry.bytes === surfaced.bytes) return;
    if (entry.isMarker && handling.seen === entry.hides && isWorker(gone.get(entry.hides ?? '') ?? '')) {
      return count('hidden-version-removed-by-another-worker');
    }
    if (overTwins.has(entry.write)) return count('marker-over-same-etag');
    if (handling.removedAbove.some((below) => below.has(surfaced.write))) {
      return count('newer-entries-removed-by-owner');
    }
    if (handling.uncovered.some((below) => below.has(surfaced.write))) {
      return count('marker-taken-away-by-another-worker');
    }
    throw new Violation(
      'never leave flagged bytes readable',
      `${surfaced.write} surfaced when ${entry.write} was removed`,
    );
  };

  const judgeRemoval = (at: Place, entry: Entry, handling: Handling): void => {
    if (!mayGo(at, entry, handling)) {
      throw new Violation('never touch other bytes', `${entry.write} (${entry.bytes}) was removed`);
    }
    if (wholeCopies(at, entry.bytes).length === 0) {
      throw new Violation('never lose bytes', `${entry.write} (${entry.bytes}) was removed without a copy`);
    }
    if (!entry.by.startsWith('p')) return;
    const ids = handling.releasedAtStart;
    const onRecord = ids.has(entry.eTag) || ids.has(entry.versionId ?? '');
    if (!onRecord || !handling.thereAtStart.has(entry.write)) return count('release-while-isolating');
    throw new Violation('effect once', `${entry.write}, put back by a person, was isolated again`);
  };

  const writesAt = (at: Place): ReadonlySet<string> =>
    new Set(
      s3()
        .entries(at)
        .map(({ write }) => write),
    );

  /** Others may have listed it as what keeps older versions from surfacing. */
  const noteUncovered = (at: Place, marker: Entry, by: string): void => {
    for (const [other, handling] of handlings) {
      if (other === by || !isAt(handling, at) || !handling.listed?.has(marker.write)) continue;
      handling.uncovered.push(writesAt(at));
    }
  };

  const noteFlaggedGone = (at: Place, entry: Entry, by: string): void => {
    for (const flagged of truths.values()) {
      if (flagged.write !== entry.write) continue;
      const known = isWorker(by) ? handlings.get(by)?.listed : undefined;
      const left = s3()
        .entries(at)
        // What takes the place of a `null` version is another object, to be scanned anew.
        .filter((other) => !other.isMarker && idOf(other) !== idOf(entry))
        .filter((other) => other.bytes === flagged.bytes && !other.by.startsWith('p'))
        .map((other) => other.write)
        .filter((write) => !isWorker(by) || known?.has(write));
      leftBehind.set(flagged.id, new Set(left));
    }
  };

  const facts = (handling: Handling, flagged: FlaggedTruth): KnownFacts => ({
    entries: s3().entries(flagged),
    copies: wholeCopies(flagged, flagged.bytes),
    ownCopies: ownCopies(flagged),
    leftBehind: leftBehind.get(flagged.id) ?? new Set(),
    named: named.get(placeName(flagged)) ?? new Set(),
    goneBy: (write) => gone.get(write),
    releasedIds: releasedIds(s3(), flagged),
    sourceVersions: world.sourceVersions,
    handling,
  });
  const claim = (by: string, made: Claim): void => {
    const handling = handlingOf(by);
    const { flagged } = handling;
    if (flagged === undefined || made.findingId !== flagged.id) {
      throw new Violation('no untrue word', `${by} speaks of a finding that it does not handle`);
    }
    const place = placeName(flagged);
    named.set(place, new Set([...(named.get(place) ?? []), ...namedBy(made, world.sourceVersions)]));
    if (made.markerVersionId !== undefined) namedMarkers.add(`${place}/${made.markerVersionId}`);
    judgeClaim(made, facts(handling, flagged), flagged);
  };

  return {
    windows,
    destroyed(at, entry, by, surfaced) {
      gone.set(entry.write, by);
      if (!isWorker(by)) {
        const below = writesAt(at);
        if (surfaced?.isMarker) broughtToLight.add(surfaced.write);
        for (const handling of handlings.values()) if (isAt(handling, at)) handling.removedAbove.push(below);
        return noteFlaggedGone(at, entry, by);
      }
      const handling = handlingOf(by);
      const lost = (window: KnownWindow): void => {
        gone.delete(entry.write);
        count(window);
      };
      if (at.bucket === isolationBucketName) {
        throw new Violation('never lose bytes', `${at.key} was removed from the isolation bucket`);
      }
      if (
        entry.versionId === 'null' &&
        handling.nullSeen !== undefined &&
        handling.nullSeen !== entry.write
      ) {
        return lost('null-version-written-before-delete');
      }
      const [top] = s3().entries(at);
      if (entry.versionId === 'null' && handling.sawEnabled && top?.isMarker && top.versionId === 'null') {
        return lost('null-version-replaced-by-marker');
      }
      // Suspended and written, with the very bytes that were current, since they were listed.
      const { listedTop } = handling;
      const isReplacedTwin = listedTop?.eTag === entry.eTag && listedTop.write !== entry.write;
      if (entry.versionId === 'null' && top?.isMarker && top.versionId === 'null' && isReplacedTwin) {
        return lost('marker-over-same-etag');
      }
      if (!entry.isMarker) {
        judgeRemoval(at, entry, handling);
        handling.removed.push(entry.write);
      } else if (entry.by !== by && !isReplaced(s3().entries(at), entry, by)) {
        throw new Violation(
          'never touch other bytes',
          `${entry.write}, a marker of ${entry.by}, was removed`,
        );
      }
      if (entry.isMarker) noteUncovered(at, entry, by);
      noteFlaggedGone(at, entry, by);
      if (surfaced && !surfaced.isMarker) judgeSurfaced(handling, entry, surfaced);
    },
    hidden(at, marker, was, by) {
      if (!isWorker(by) || was === undefined) return;
      const handling = handlingOf(by);
      handling.markers.push(marker.write);
      markedFor.set(marker.write, handling.messageId);
      const { listedTop } = handling;
      if (listedTop && listedTop.write !== was.write && listedTop.eTag === was.eTag) {
        overTwins.add(marker.write);
        namedMarkers.add(`${placeName(at)}/${marker.versionId}`);
        return count('marker-over-same-etag');
      }
      if (mayGo(at, was, handling)) return;
      throw new Violation('never touch other bytes', `${was.write} was hidden by ${marker.write}`);
    },
    listed(by, at, entries) {
      const handling = handlingOf(by);
      if (!isAt(handling, at)) return;
      handling.listed = new Set(entries.map((entry) => entry.write));
      handling.listedTop = entries[0];
      handling.listedETags = new Set(entries.filter(({ isMarker }) => !isMarker).map(({ eTag }) => eTag));
      handling.removedAbove = [];
      handling.uncovered = [];
    },
    looked(by, at, versionId) {
      const handling = handlings.get(by);
      if (handling === undefined || !isAt(handling, at)) return;
      const entry = s3().read(at, versionId);
      handling.seen = entry?.write;
      if (entry?.bytes === handling.flagged?.bytes) handling.wasExposed = true;
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
      if (handling && name !== 'source.deleteCurrent') handling.sawEnabled = false;
      if (handling === undefined || name === 'source.deleteVersion') return;
      handling.nullSeen = undefined;
      handling.seen = undefined;
    },
    copied(by, copy) {
      const handling = handlingOf(by);
      const { flagged } = handling;
      if (world.sourceVersions === 'all' || copy.bytes === flagged?.bytes) return;
      throw new Violation('never touch other bytes', `${copy.copyOf?.write} (${copy.bytes}) was copied`);
    },
    wrote(by, key, json) {
      if (!key.startsWith('records/')) return;
      const record = JSON.parse(json) as Record<string, unknown>;
      const findingId = String(record['finding_id']);
      const outcome = String(record['outcome']) as OutcomeName;
      const told = records.get(findingId) ?? new Set();
      records.set(findingId, told.add(outcome));
      if (record['alert_result'] === 'sent' && !alerts.has(`${findingId} ${outcome}`)) {
        throw new Violation(
          'no untrue word',
          `the record of ${outcome} speaks of an alert that was never sent`,
        );
      }
      claim(by, {
        findingId,
        outcome,
        text: '',
        removed: record['removed_versions'] as string[],
        remaining: record['remaining_versions'] as string[],
        uncompared: record['uncompared_versions'] as string[],
        markerVersionId: (record['delete_marker_version_id'] ?? undefined) as string | undefined,
        isolationKey: (record['isolation_key'] ?? undefined) as string | undefined,
      });
    },
    alerted(by, alert: Alert) {
      const told = JSON.parse(alert.json) as Record<string, unknown>;
      const findingId = String(told['finding_id']);
      const outcome = String(told['outcome']) as OutcomeName;
      alerts.add(`${findingId} ${outcome}`);
      claim(by, {
        findingId,
        outcome,
        text: `${alert.subject}\n${alert.email}`,
        remaining: (told['remaining_versions'] ?? []) as string[],
        uncompared: (told['uncompared_versions'] ?? []) as string[],
        markerVersionId: told['hidden_by_delete_marker'] as string | undefined,
        isolationKey: told['isolation_key'] as string | undefined,
      });
    },
    begin(by, messageId, flagged) {
      if (flagged) truths.set(flagged.id, flagged);
      handlings.set(
        by,
        beginHandling(messageId, flagged, flagged ? s3().entries(flagged) : [], {
          copyAtStart: flagged !== undefined && ownCopies(flagged).length > 0,
          releasedAtStart: flagged ? releasedIds(s3(), flagged) : new Set(),
          changedOnRecordAtStart: flagged !== undefined && records.get(flagged.id)?.has('changed') === true,
        }),
      );
    },
    end(by) {
      const handling = handlings.get(by);
      handlings.delete(by);
      if (handling?.isBlind && handling.flagged) unseen.add(placeName(handling.flagged));
    },
    acknowledged(by, how, outcome) {
      const { messageId, flagged } = handlingOf(by);
      acknowledgedBy.set(messageId, by);
      acknowledgedAs.set(messageId, outcome);
      if (how === 'park') {
        const letter = queue().deadLetters.find(({ sourceMessageId }) => sourceMessageId === messageId);
        if (letter?.reason && letter.outcome) return;
        throw new Violation(
          'never drop work',
          `${messageId} was deleted before it was parked with its reason`,
        );
      }
      if (flagged && records.get(flagged.id)?.has(outcome)) return;
      throw new Violation('never drop work', `${messageId} was acknowledged without a record of ${outcome}`);
    },
    atEnd(crashed) {
      for (const { message, deleted } of queue().queued) {
        if (!deleted) throw new Violation('never drop work', `${message.id} never ended`);
      }
      for (const letter of queue().deadLetters) {
        if (letter.reason || crashed.has(letter.sourceMessageId)) continue;
        throw new Violation('never drop work', `${letter.sourceMessageId} is parked without a reason`);
      }
      for (const { name } of world.buckets) {
        for (const [key, [top]] of s3().bucket(name).keys) {
          if (top === undefined || !top.isMarker || !isWorker(top.by) || gone.has(top.hides ?? '')) continue;
          if (namedMarkers.has(`${name}/${key}/${top.versionId}`) || unseen.has(`${name}/${key}`)) continue;
          if (broughtToLight.has(top.write)) {
            count('newer-entries-removed-by-owner');
            continue;
          }
          if (acknowledgedBy.get(markedFor.get(top.write) ?? '') !== top.by) {
            count('acknowledged-by-another-worker');
            continue;
          }
          if (['alerted', 'ignored'].includes(acknowledgedAs.get(markedFor.get(top.write) ?? '') ?? '')) {
            count('policy-changed-over-a-marker');
            continue;
          }
          throw new Violation(
            'no untrue word',
            `${name}/${key} stays hidden by ${top.write}, and nobody is told`,
          );
        }
      }
    },
    fingerprint: () =>
      [
        [...handlings]
          .map(([by, handling]) => `${by}:${fingerprintOf(handling)}`)
          .sort()
          .join('\n'),
        [...gone]
          .map(([write, by]) => `${write}>${isWorker(by)}`)
          .sort()
          .join(),
        [...leftBehind].map(([id, left]) => `${id}:${[...left].join()}`).join(';'),
        [...alerts].sort().join(),
        [...namedMarkers].sort().join(),
        [...overTwins].sort().join(),
        [...broughtToLight].sort().join(),
        [...markedFor].map(String).sort().join(';'),
        [...acknowledgedBy].map(String).sort().join(';'),
        [...named].map(([place, ids]) => `${place}:${[...ids].sort().join()}`).join(';'),
        [...records]
          .map(([id, outcomes]) => `${id}:${[...outcomes].sort().join()}`)
          .sort()
          .join(';'),
        [...unseen].sort().join(),
      ].join('\n'),
  };
}

/** A `null` marker gave way to another one, which changes nothing that anybody can read. */
function isReplaced([top]: readonly Entry[], entry: Entry, by: string): boolean {
  return entry.versionId === 'null' && top?.isMarker === true && top.versionId === 'null' && top.by === by;
}

function isWorker(by: string): boolean {
  return by.startsWith('w');
}

/** The ETags and version ids on record as released, of any key of this bucket. */
function releasedIds(s3: ModelS3, { accountId, bucket }: FlaggedTruth): ReadonlySet<string> {
  const prefix = `releases/${accountId}/${bucket}/`;
  const keys = [...s3.bucket(isolationBucketName).keys.keys()].filter((key) => key.startsWith(prefix));
  return new Set(keys.map((key) => key.slice(key.lastIndexOf('/') + 1, -'.json'.length)));
}

function placeName({ bucket, key }: Place): string {
  return `${bucket}/${key}`;
}

function isPlace(one: Place, other: Place): boolean {
  return one.bucket === other.bucket && one.key === other.key;
}
