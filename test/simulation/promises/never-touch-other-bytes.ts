import { Violation } from '../actor.ts';
import { mayGo } from '../history/facts.ts';
import type { Checker } from '../history/happenings.ts';
import type { History } from '../history/history.ts';
import { type Entry, mayBeSameBytes } from '../model/objects.ts';
import { isolationBucketName } from '../world.ts';

/** Invariant 2: what a worker copies, hides or removes are the flagged bytes, or what `SOURCE_VERSIONS` adds to them. */
export function neverTouchOtherBytes({ world, s3 }: History): Checker {
  const touched = (what: string): never => {
    throw new Violation('never touch other bytes', what);
  };
  return {
    copied(copy, { flagged }) {
      const { copyOf } = copy;
      if (world.sourceVersions === 'all') return;
      if (flagged && copyOf && mayBeSameBytes(copyOf, flagged)) return;
      touched(`${copy.copyOf?.write} (${copy.bytes}) was copied`);
    },
    hid({ at, marker, was, handling }) {
      if (!mayGo(world, at, was, handling)) touched(`${was.write} was hidden by ${marker.write}`);
    },
    removed({ at, entry, handling }) {
      if (at.bucket === isolationBucketName) return;
      if (entry.isMarker) {
        if (entry.by === handling.by || isReplaced(s3.entries(at)[0], entry, handling.by)) return;
        touched(`${entry.write}, a marker of ${entry.by}, was removed`);
      }
      if (!mayGo(world, at, entry, handling)) touched(`${entry.write} (${entry.bytes}) was removed`);
    },
  };
}

/** A `null` marker gave way to another `null` marker, which changes nothing that anybody can read. */
function isReplaced(top: Entry | undefined, entry: Entry, by: string): boolean {
  return entry.versionId === 'null' && top?.isMarker === true && top.versionId === 'null' && top.by === by;
}
