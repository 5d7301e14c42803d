import { type Checksum, compareChecksums, md5Checksum, provesIdentity } from '../checksum.ts';
import type { StoredObject } from '../ports.ts';

/** What is known of the bytes of one version. */
export type KnownBytes = Pick<StoredObject, 'sizeBytes' | 'checksum' | 'md5'> & {
  /** Absent where only the bytes are known, not how they were stored. */
  readonly eTag?: string;
};

/**
 * What is known of two versions, and whether it says that they hold the same bytes.
 * `probable`: nothing differs, but what agrees is no digest. Anybody who may PUT can give an object the size
 * and the CRC of another one, so such a version goes only once it has a copy of its own.
 * `incomparable`: nothing differs, and nothing agrees.
 */
export function compareBytes(
  one: KnownBytes,
  other: KnownBytes,
): 'equal' | 'different' | 'probable' | 'incomparable' {
  if (one.sizeBytes !== other.sizeBytes) return 'different';
  const checksums = compareChecksums(one.checksum, other.checksum);
  const md5s = compareChecksums(md5Of(one), md5Of(other));
  if (checksums === 'different' || md5s === 'different') return 'different';
  // A digest of the parts' digests is as good as one of the whole: equal ones have equal parts.
  const isDigest = one.checksum !== undefined && provesIdentity(one.checksum.algorithm);
  if (md5s === 'equal' || (checksums === 'equal' && isDigest)) return 'equal';
  const isSameETag = one.eTag !== undefined && one.eTag === other.eTag;
  return checksums === 'equal' || isSameETag ? 'probable' : 'incomparable';
}

function md5Of({ checksum, md5 }: KnownBytes): Checksum | undefined {
  if (checksum?.algorithm === 'MD5') return checksum;
  return md5 === undefined ? undefined : md5Checksum(md5);
}
