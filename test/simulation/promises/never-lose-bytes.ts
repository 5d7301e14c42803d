import { Violation } from '../actor.ts';
import { wholeCopies } from '../history/facts.ts';
import type { Checker } from '../history/happenings.ts';
import type { History } from '../history/history.ts';
import { isolationBucketName } from '../world.ts';

/** Invariant 1: what a worker removes lies in the isolation bucket, whole; and nothing ever goes from there. */
export function neverLoseBytes({ s3 }: History): Checker {
  const lost = (why: string): never => {
    throw new Violation('never lose bytes', why);
  };
  return {
    removed({ at, entry }) {
      if (at.bucket === isolationBucketName) lost(`${at.key} was removed from the isolation bucket`);
      if (entry.isMarker || wholeCopies(s3, at, entry.bytes).length > 0) return;
      lost(`${entry.write} (${entry.bytes}) was removed without a copy`);
    },
  };
}
