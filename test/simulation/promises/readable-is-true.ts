import { Violation } from '../actor.ts';
import type { Checker } from '../history/happenings.ts';
import type { History } from '../history/history.ts';

/**
 * Invariant 3: nobody says that the data can no longer be read while the flagged bytes lie at the key, under whatever
 * version id and ETag. What others put there after the last listing is not known to the worker.
 */
export function readableIsTrue({ s3, world }: History): Checker {
  return {
    said({ fields, in: where, outcome }, { flagged, listed, thereAtStart }) {
      if (where !== 'alert' || flagged === undefined) return;
      if (fields['readable'] !== 'no' || fields['fence'] === 'fenced') return;
      // Another account made a bucket of this name, and Macie found nothing there.
      const account = world.buckets.find(({ name }) => name === flagged.bucket)?.accountId;
      if (s3.bucket(flagged.bucket).accountId !== account) return;
      const known = listed ?? thereAtStart;
      const left = s3.entries(flagged).find(({ bytes, isMarker, write }) => {
        return !isMarker && bytes === flagged.bytes && known.has(write);
      });
      if (left === undefined) return;
      throw new Violation(
        'no untrue word',
        `${outcome} of ${flagged.name}: the data can no longer be read, says the alert, but ${left.write} holds it`,
      );
    },
  };
}
