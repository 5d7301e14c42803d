import { type Checksum, compareChecksums, md5Checksum, provesIdentity } from '../checksum.ts';
import type { StoredObject } from '../source-buckets.ts';

/** The known facts about the bytes of a version. */
export type KnownBytes = Pick<StoredObject, 'sizeBytes' | 'checksum' | 'md5'> & {
  /** Absent if only the bytes are known, and not how they were stored. */
  readonly eTag?: string;
};

/**
 * Compares two versions by the known facts. `probable`: nothing differs, but no digest agrees. Anybody who
 * may PUT can give an object the size and the CRC of another object, so such a version needs a copy of its
 * own before it is removed. `incomparable`: nothing differs, and nothing agrees.
 */
export function compareBytes(
  one: KnownBytes,
  other: KnownBytes,
): 'equal' | 'different' | 'probable' | 'incomparable' {
  if (one.sizeBytes !== other.sizeBytes) return 'different';
  const checksums = compareChecksums(one.checksum, other.checksum);
  const md5s = compareChecksums(md5Of(one), md5Of(other));
  if (checksums === 'different' || md5s === 'different') return 'different';
  // A digest of the digests of the parts is as good as a digest of the whole object: equal digests mean equal
  // parts.
  const isDigest = one.checksum !== undefined && provesIdentity(one.checksum.algorithm);
  if (md5s === 'equal' || (checksums === 'equal' && isDigest)) return 'equal';
  const isSameETag = one.eTag !== undefined && one.eTag === other.eTag;
  return checksums === 'equal' || isSameETag ? 'probable' : 'incomparable';
}

function md5Of({ checksum, md5 }: KnownBytes): Checksum | undefined {
  if (checksum?.algorithm === 'MD5') return checksum;
  return md5 === undefined ? undefined : md5Checksum(md5);
}
