import type { OutcomeName } from '../../../src/core/outcome.ts';
import { Violation } from '../actor.ts';
import type { Claim } from '../history/claim.ts';
import { isWorker, placeName } from '../history/facts.ts';
import type { Handling } from '../history/handling.ts';
import type { Checker } from '../history/happenings.ts';
import type { History } from '../history/history.ts';
import type { FlaggedTruth } from '../history/truth.ts';
import type { KnownWindow } from '../history/windows.ts';
import type { Entry } from '../model/objects.ts';

/** Invariant 4: an object that a worker's delete marker hides is not simply "still there", and does not stay hidden untold. */
export function hiddenIsTold({ world, s3, goneBy, overSameETag, count }: History): Checker {
  /** Markers that a record or alert has named: place and version id. */
  const named = new Set<string>();
  /** For which message a worker put a marker. */
  const markedFor = new Map<string, string>();
  const acknowledged = new Map<string, { readonly by: string; readonly outcome: OutcomeName }>();
  /** Markers that came to light when an owner removed what lay over them. */
  const broughtToLight = new Set<string>();
  /** Places that a worker was not allowed to look at. */
  const unseen = new Set<string>();

  const untold = (why: string): never => {
    throw new Violation('no untrue word', why);
  };
  const isTold = (at: string, { versionId, write }: Entry): boolean =>
    named.has(`${at}/${versionId}`) || overSameETag.has(write) || unseen.has(at);

  const judgeRetained = (claim: Claim, handling: Handling, flagged: FlaggedTruth): void => {
    const entries = s3.entries(flagged);
    const [top] = entries;
    if (!top?.isMarker || !isWorker(top.by) || claim.markerVersionId !== undefined || handling.isBlind)
      return;
    // The marker came to light after the last look.
    if (handling.sawObject) return;
    const isKnown = [handling.thereAtStart, new Set(handling.markers), handling.listed].some((known) =>
      known?.has(top.write),
    );
    if (isKnown && entries.some(({ write }) => write === top.hides))
      untold(`retained is said of ${flagged.name}, but ${top.write} hides the object, untold`);
  };
  const windowOf = ({ write, by }: Entry): KnownWindow | undefined => {
    if (broughtToLight.has(write)) return 'newer-entries-removed-by-owner';
    const end = acknowledged.get(markedFor.get(write) ?? '');
    if (end?.by !== by) return 'acknowledged-by-another-worker';
    return ['alerted', 'ignored', 'dry_run'].includes(end.outcome)
      ? 'policy-changed-over-a-marker'
      : undefined;
  };

  return {
    hid: ({ marker, handling }) => void markedFor.set(marker.write, handling.messageId),
    removedByOthers({ surfaced }) {
      if (surfaced?.isMarker) broughtToLight.add(surfaced.write);
    },
    said(claim, handling) {
      const { flagged } = handling;
      if (flagged === undefined) return;
      if (claim.markerVersionId !== undefined) named.add(`${placeName(flagged)}/${claim.markerVersionId}`);
      if (claim.outcome === 'retained') judgeRetained(claim, handling, flagged);
    },
    acknowledged({ handling, outcome }) {
      const { by, messageId } = handling;
      acknowledged.set(messageId, { by, outcome });
    },
    ended({ isBlind, flagged }) {
      if (isBlind && flagged) unseen.add(placeName(flagged));
    },
    over() {
      for (const { name } of world.buckets) {
        for (const [key, [top]] of s3.bucket(name).keys) {
          if (top === undefined || !top.isMarker || !isWorker(top.by) || goneBy.has(top.hides ?? ''))
            continue;
          if (isTold(`${name}/${key}`, top)) continue;
          const window = windowOf(top);
          if (window === undefined) untold(`${name}/${key} stays hidden by ${top.write}, and nobody is told`);
          else count(window);
        }
      }
    },
    fingerprint: () =>
      [
        [...named].sort(),
        [...markedFor].map(String).sort(),
        [...acknowledged].map(([id, { by, outcome }]) => `${id}:${by}:${outcome}`).sort(),
        [...broughtToLight].sort(),
        [...unseen].sort(),
      ].join('\n'),
  };
}
