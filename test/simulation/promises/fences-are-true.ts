import { fenceTag } from '../../../src/core/fences.ts';
import { Violation } from '../actor.ts';
import { placeName } from '../history/facts.ts';
import type { Handling } from '../history/handling.ts';
import type { Checker } from '../history/happenings.ts';
import type { History } from '../history/history.ts';
import { type FlaggedTruth, isFlaggedBy } from '../history/truth.ts';
import type { Place } from '../model/bucket.ts';
import { type Entry, idOf } from '../model/objects.ts';
import { isolationBucketName } from '../world.ts';

/**
 * Nothing that was not flagged stays fenced, nothing is called fenced that can be read, and the tag of a fence
 * travels neither to a copy nor back.
 */
export function fencesAreTrue({ s3, begun, count }: History): Checker {
  /** Who put the tag of a write. */
  const fencedBy = new Map<string, Handling>();
  /** Places of which a worker said that it may have left its tag there. */
  const named = new Set<string>();
  const untrue = (why: string): never => {
    throw new Violation('fences are true', why);
  };
  const isReleased = ({ bucket }: Place) =>
    s3.keys(isolationBucketName).some((key) => key.startsWith('releases/') && key.includes(`/${bucket}/`));

  const hasSharedIds = (at: Place): boolean => {
    const here = [...begun].filter(({ bucket, key }) => bucket === at.bucket && key === at.key);
    return here.some((one) => here.some((other) => other !== one && other.id === one.id));
  };

  return {
    fenced: ({ write }, handling) => void fencedBy.set(write, handling),
    saidMayBeLeft: (at) => void named.add(placeName(at)),
    copied(copy) {
      if (isFenced(copy)) untrue(`${copy.write} carries the fence of ${copy.copyOf?.write}`);
    },
    restored(entry) {
      if (isFenced(entry)) untrue(`${entry.write}, put back, carries a fence`);
    },
    said({ in: where, fields, uncompared }, { flagged, listed, thereAtStart, by }) {
      if (fields['fence'] !== 'fenced' || flagged === undefined || isReleased(flagged)) return;
      // Two findings of one id: a redelivery of one takes the other's tag for a tag that it left on other bytes.
      if (hasSharedIds(flagged)) return;
      // Another version may have the ETag of the finding. It has no fence, and is named.
      const isNamed = (entry: Entry) => uncompared.includes(idOf(entry));
      // What was put after the last look is nobody's lie.
      const isSeen = ({ write }: Entry) => thereAtStart.has(write) || listed?.has(write) === true;
      const meant = s3
        .entries(flagged)
        .filter((entry) => isMeant(flagged, entry) && isSeen(entry) && !isNamed(entry));
      if (meant.length > 0 && !meant.some(isFenced)) untrue(`${by} says fenced, and ${flagged.name} is not`);
      // What was put since is told by nobody.
      const there = s3.entries(flagged).filter((entry) => thereAtStart.has(entry.write));
      const readable = there.find((entry) => entry.bytes === flagged.bytes && !isFenced(entry));
      if (where === 'alert' && fields['readable'] === 'no' && readable)
        untrue(`${by} says that nobody can read it, and ${readable.write} holds the same bytes`);
    },
    over() {
      for (const bucket of s3.buckets.keys()) {
        for (const key of s3.keys(bucket)) {
          for (const entry of s3.entries({ bucket, key })) {
            if (!isFenced(entry)) continue;
            const about = [...begun].filter(({ id }) => id === entry.tags[fenceTag]);
            const isFlagged = about.some(
              (flagged) => flagged.bucket === bucket && flagged.key === key && isMeant(flagged, entry),
            );
            if (isFlagged) continue;
            // The other delivery of its message had looked before, and nobody looks again.
            if (fencedBy.get(entry.write)?.isShared) count('fence-of-a-worker-that-died-late');
            else if (named.has(`${bucket}/${key}`)) count('fence-that-may-be-left-is-named');
            else untrue(`${entry.write} (${entry.bytes}) stays fenced, and nobody flagged it`);
          }
        }
      }
    },
  };
}

function isFenced({ tags }: Entry): boolean {
  return fenceTag in tags;
}

/** The flagged version, or the same bytes under another id, which the ETag of the finding names as well. */
function isMeant(flagged: FlaggedTruth, entry: Entry): boolean {
  if (entry.isMarker) return false;
  if (entry.write === flagged.write || isFlaggedBy(flagged, flagged, entry)) return true;
  return flagged.eTag !== undefined && entry.eTag === flagged.eTag;
}
