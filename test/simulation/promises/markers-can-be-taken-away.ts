import { Violation } from '../actor.ts';
import type { Checker } from '../history/happenings.ts';
import type { History } from '../history/history.ts';
import { idOf } from '../model/objects.ts';

/**
 * Under MFA delete a worker can neither remove a version nor take its marker away. So it asks before it hides
 * an object, and does not hide what it could not show again.
 */
export function markersCanBeTakenAway({ s3 }: History): Checker {
  return {
    hid({ at, was, handling }) {
      // A plain delete in a suspended bucket removes a `null` version, and hides nothing.
      if (!s3.entries(at).some(({ write }) => write === was.write)) return;
      const { by, idsAtStart, isBlind, sawMfa } = handling;
      // It hides the version only if versioning was switched on since the worker looked. The version may have been put since.
      const hadNoVersions = idsAtStart.size > 0 && [...idsAtStart].every((id) => id === 'null');
      const isByAccident = idOf(was) === 'null' || hadNoVersions;
      const isUnasked = sawMfa === undefined && !isBlind && s3.bucket(at.bucket).needsMfa;
      if (sawMfa !== true && (!isUnasked || isByAccident)) return;
      throw new Violation(
        'no untrue word',
        `${by} hid ${was.write}, which nobody but the root user can show`,
      );
    },
  };
}
