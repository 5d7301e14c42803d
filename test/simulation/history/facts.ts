import { identicalNoteKey, provenanceKey } from '../../../src/core/evidence/keys.ts';
import type { Place } from '../model/bucket.ts';
import { type Entry, mayBeSameBytes } from '../model/objects.ts';
import type { ModelS3 } from '../model/s3.ts';
import { isolationBucketName, type World } from '../world.ts';
import type { Handling } from './handling.ts';
import { type FlaggedTruth, isFlaggedBy } from './truth.ts';

/** The keys in the isolation bucket that hold these very bytes, copied from here. */
export function wholeCopies(s3: ModelS3, at: Place, bytes: string): string[] {
  return [...s3.bucket(isolationBucketName).keys].flatMap(([key, [entry]]) => {
    const from = entry?.copyOf;
    const isWhole = entry?.bytes === bytes && from?.bucket === at.bucket && from.key === at.key;
    return isWhole ? [key] : [];
  });
}

/**
 * Those among them that a finding leads to: where its own copy belongs, by its ETag where that of another finding
 * does, and by the note of an identical version that was removed.
 */
export function knownCopies({ features }: World, s3: ModelS3, flagged: FlaggedTruth): string[] {
  const id = `@${flagged.versionId ?? flagged.eTag}`;
  const isOwn = (key: string) => key.endsWith(id) || key.endsWith(`${id}~1`);
  const hasETag = (key: string) =>
    flagged.eTag !== undefined &&
    s3.read({ bucket: isolationBucketName, key })?.copyOf?.eTag === flagged.eTag &&
    features.includes('mixed-names');
  const { accountId, bucket, eTag, key: objectKey, versionId } = flagged;
  const identity = {
    accountId,
    bucket,
    key: objectKey,
    ...(eTag && { eTag }),
    ...(versionId && { versionId }),
  };
  const note = s3.read({ bucket: isolationBucketName, key: identicalNoteKey(identity) });
  const isNoted = (key: string) => note?.bytes.includes(JSON.stringify(key)) === true;
  return wholeCopies(s3, flagged, flagged.bytes).filter((key) => isOwn(key) || hasETag(key) || isNoted(key));
}

/** Whether a copy says where it is from. Where its metadata has no room that comes in a call of its own. */
export function saysWhereFrom(s3: ModelS3, key: string): boolean {
  const isolation = { bucket: isolationBucketName, key };
  const isInMetadata = Object.keys(s3.read(isolation)?.metadata ?? {}).some((name) =>
    name.startsWith('isolator-'),
  );
  return isInMetadata || s3.read({ ...isolation, key: provenanceKey(key) }) !== undefined;
}

/** The ETags and version ids that persons have put on record as released, of any key of this bucket. */
export function releasedIds(s3: ModelS3, { accountId, bucket }: FlaggedTruth): ReadonlySet<string> {
  const prefix = `releases/${accountId}/${bucket}/`;
  const keys = [...s3.bucket(isolationBucketName).keys.keys()].filter((key) => key.startsWith(prefix));
  return new Set(keys.map((key) => key.slice(key.lastIndexOf('/') + 1, -'.json'.length)));
}

/** Whether this handling may copy, hide or remove this version. */
export function mayGo({ sourceVersions }: World, at: Place, entry: Entry, handling: Handling): boolean {
  const { flagged, listed, listedETags } = handling;
  if (flagged?.accountId !== entry.accountId || !isSamePlace(flagged, at)) return false;
  // An ETag is never that of other bytes, so a version that has it is what Macie read, put again.
  if (isFlaggedBy(flagged, at, entry) || entry.eTag === flagged.eTag) return true;
  switch (sourceVersions) {
    case 'flagged':
      return false;
    case 'identical':
      // What only a digest could tell apart goes too, with a copy of its own.
      return mayBeSameBytes(entry, flagged);
    case 'all':
      // It goes at least as far as `identical`.
      return listed?.has(entry.write) || listedETags.has(entry.eTag) || mayBeSameBytes(entry, flagged);
  }
}

export function writesAt(s3: ModelS3, at: Place): ReadonlySet<string> {
  return new Set(s3.entries(at).map(({ write }) => write));
}

export function isWorker(by: string): boolean {
  return by.startsWith('w');
}

export function isOperator(by: string): boolean {
  return by.startsWith('p');
}

export function placeName({ bucket, key }: Place): string {
  return `${bucket}/${key}`;
}

export function isSamePlace(one: Place, other: Place): boolean {
  return one.bucket === other.bucket && one.key === other.key;
}
