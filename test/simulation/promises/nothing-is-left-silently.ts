import { keptPropertiesKey, releaseKey } from '../../../src/core/evidence/keys.ts';
import { fenceTag } from '../../../src/core/fences.ts';
import { Violation } from '../actor.ts';
import type { Checker } from '../history/happenings.ts';
import type { History } from '../history/history.ts';
import type { Entry } from '../model/objects.ts';
import { isolationBucketName } from '../world.ts';

/**
 * Invariants 1 and 4: headers and storage class travel to the copy or are kept beside it, and come back. What
 * a release cannot put back, its record names.
 */
export function nothingIsLeftSilently({ s3 }: History): Checker {
  /** Copies of a source that did not change since it was looked at. */
  const known = new Set<string>();
  const silent = (why: string): never => {
    throw new Violation('copies are faithful', why);
  };
  const isolated = (key: string) => s3.read({ bucket: isolationBucketName, key })?.bytes;
  const keyOf = ({ write }: Entry) =>
    s3
      .keys(isolationBucketName)
      .find((key) => s3.read({ bucket: isolationBucketName, key })?.write === write);

  return {
    copied(copy, { thereAtStart }) {
      const { copyOf } = copy;
      if (copyOf === undefined || copy.isResumed || !thereAtStart.has(copyOf.write)) return;
      known.add(copy.write);
      const left = differences(copyOf, copy);
      if (left.length === 0) return;
      const kept = isolated(keptPropertiesKey(keyOf(copy) ?? ''));
      const { contentHeaders } = JSON.parse(kept ?? '{}') as Partial<Entry>;
      const isLost = differences(copyOf, { ...copy, contentHeaders: contentHeaders ?? {} });
      if (isLost.length > 0) silent(`${copy.write} leaves ${isLost.join()} of ${copyOf.write} behind`);
    },
    restored(entry, copy, at) {
      const { copyOf } = copy;
      if (copyOf === undefined || !known.has(copy.write)) return;
      const object = { ...at, accountId: copyOf.accountId };
      const record = isolated(releaseKey(object, copyOf.eTag)) ?? '{}';
      const { lost = [] } = JSON.parse(record) as { lost?: readonly string[] };
      const own = Object.entries(copyOf.tags).filter(([name]) => name !== fenceTag);
      const hasTags = own.every(([name, value]) => entry.tags[name] === value);
      const changed = [
        ...differences(copyOf, entry),
        ...(entry.storageClass === copyOf.storageClass ? [] : ['storage-class']),
        ...(hasTags || !copyOf.isUnsendable ? [] : ['tags']),
      ];
      const untold = changed.filter((name) => !lost.includes(name));
      if (untold.length > 0) silent(`${entry.write}, put back, has not ${untold.join()} of ${copyOf.write}`);
    },
    fingerprint: () => [...known].sort().join(),
  };
}

const names = {
  cacheControl: 'cache-control',
  contentDisposition: 'content-disposition',
  contentType: 'content-type',
} as const;

/** The headers of the one that the other has not. */
function differences(
  { contentHeaders: one }: Entry,
  { contentHeaders: other }: Pick<Entry, 'contentHeaders'>,
): readonly string[] {
  const headers = Object.keys(names) as (keyof typeof names)[];
  return headers.filter((name) => one[name] !== other[name]).map((name) => names[name]);
}
