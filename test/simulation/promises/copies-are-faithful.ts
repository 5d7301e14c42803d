import { releaseMark } from '../../../src/core/evidence/release-records.ts';
import { fenceTag } from '../../../src/core/fences.ts';
import { Violation } from '../actor.ts';
import type { Checker } from '../history/happenings.ts';
import type { History } from '../history/history.ts';

/** Invariants 1 and 4: metadata and tags travel with the bytes, to the copy and back, and what we added does not come back. */
export function copiesAreFaithful({ s3 }: History): Checker {
  const unfaithful = (why: string): never => {
    throw new Violation('copies are faithful', why);
  };
  return {
    copied(copy, { thereAtStart }) {
      const { copyOf } = copy;
      // What was put again since it was looked at has the same bytes, and metadata that nobody has seen.
      if (copyOf === undefined || copy.isResumed || !thereAtStart.has(copyOf.write)) return;
      if (!isSame(without(copy.metadata, isOurs), without(copyOf.metadata, isOurs)))
        unfaithful(`${copy.write} has not the metadata of ${copyOf.write}`);
      const mayBeRead = !s3.bucket(copyOf.bucket).denied.has('tags') && !copyOf.isUnsendable;
      if (
        mayBeRead &&
        !isSame(
          copy.tags,
          without(copyOf.tags, (name) => name === fenceTag),
        )
      )
        unfaithful(`${copy.write} has not the tags of ${copyOf.write}`);
    },
    restored(entry, copy) {
      const ours = Object.keys(entry.metadata).filter((name) => isOurs(name) && name !== releaseMark);
      if (ours.length > 0) unfaithful(`${entry.write}, put back, carries ${ours.join()}`);
      if (!isSame(without(entry.metadata, isOurs), without(copy.metadata, isOurs)))
        unfaithful(`${entry.write}, put back, has not its metadata`);
    },
  };
}

function isOurs(name: string): boolean {
  return name.startsWith('isolator-');
}

function without(entries: Readonly<Record<string, string>>, isLeftOut: (name: string) => boolean) {
  return Object.fromEntries(Object.entries(entries).filter(([name]) => !isLeftOut(name)));
}

function isSame(one: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>): boolean {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].every((name) => one[name] === other[name]);
}
