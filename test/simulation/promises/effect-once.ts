import { Violation } from '../actor.ts';
import { isOperator } from '../history/facts.ts';
import type { Checker } from '../history/happenings.ts';
import type { History } from '../history/history.ts';
import { isolationBucketName } from '../world.ts';

/** Invariant 4: what a person put back is not isolated again for the finding that it was isolated for. */
export function effectOnce({ count }: History): Checker {
  return {
    removed({ at, entry, handling }) {
      if (at.bucket === isolationBucketName || entry.isMarker || !isOperator(entry.by)) return;
      const { releasedAtStart, thereAtStart } = handling;
      const isOnRecord = releasedAtStart.has(entry.eTag) || releasedAtStart.has(entry.versionId ?? '');
      if (!isOnRecord || !thereAtStart.has(entry.write)) return count('release-while-isolating');
      throw new Violation('effect once', `${entry.write}, put back by a person, was isolated again`);
    },
  };
}
