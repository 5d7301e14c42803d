import { type Checksum, compareChecksums, md5Checksum, provableByMultipart } from '../checksum.ts';
import { RefusedError } from '../errors.ts';
import type { ObjectAddress } from '../finding.ts';
import type { IsolationBucket } from '../isolation-bucket.ts';
import type { HashAlgorithm, SourceBuckets, StoredObject } from '../source-buckets.ts';

/** The checksum that a copy must show. It is known before the copy is made (decision 0001). */
export interface Proof {
  readonly checksum: Checksum;
  /**
   * Present with a composite checksum: the copy must have the same parts, because otherwise its composite
   * checksum differs.
   */
  readonly partSizes?: readonly number[];
}

/**
 * S3's limit for one CopyObject. Only the result of a single CopyObject has SHA and MD5 checksums of the
 * whole object.
 */
export const maximumSingleCopyBytes = 5 * 1024 ** 3;
/** Reading an object to hash it takes minutes for 10 GB. Above this size a person decides. */
const maximumHashedBytes = 50 * 1000 ** 3;

/**
 * Returns the cheapest proof: S3's checksum of the whole object; the MD5 in the ETag of a single-part object
 * without KMS; S3's checksum of the parts; or, as the last resort, a checksum that is computed by reading.
 */
export async function proofOfSource(
  object: ObjectAddress,
  stored: StoredObject,
  sourceBuckets: SourceBuckets,
): Promise<Proof> {
  const own = stored.checksum;
  const single = stored.sizeBytes <= maximumSingleCopyBytes;
  if (own?.type === 'FULL_OBJECT' && (single || provableByMultipart(own.algorithm))) return { checksum: own };
  if (stored.md5 !== undefined && single) return { checksum: md5Checksum(stored.md5) };
  if (own?.type === 'COMPOSITE') {
    const partSizes = await sourceBuckets.partSizes(object, stored);
    if (partSizes !== undefined) return { checksum: own, partSizes };
  }
  return proofByReading(object, stored, sourceBuckets);
}

/** Returns the most expensive proof, which works with any store. */
export async function proofByReading(
  object: ObjectAddress,
  stored: StoredObject,
  sourceBuckets: SourceBuckets,
): Promise<Proof> {
  if (stored.sizeBytes > maximumHashedBytes) {
    throw new RefusedError(
      'unverifiable-size',
      'the object has no comparable checksum and is too large to be read',
    );
  }
  const algorithm = stored.sizeBytes <= maximumSingleCopyBytes ? 'SHA256' : 'CRC32';
  return { checksum: await sourceBuckets.hash(object, stored, algorithm) };
}

/** Whether this copy has the expected size and checksum. */
export async function verifies(
  key: string,
  copy: StoredObject | undefined,
  expected: { readonly sizeBytes: number; readonly checksum: Checksum },
  isolationBucket: IsolationBucket,
): Promise<boolean> {
  if (copy === undefined || copy.sizeBytes !== expected.sizeBytes) return false;
  const { checksum } = expected;
  const shown = compareChecksums(copy.checksum, checksum);
  if (shown !== 'incomparable' || checksum.type === 'COMPOSITE') return shown === 'equal';
  if (!isHashed(checksum.algorithm) || copy.sizeBytes > maximumHashedBytes) return false;
  const read = await isolationBucket.hash(key, copy, checksum.algorithm);
  return compareChecksums(read, checksum) === 'equal';
}

const hashed: readonly HashAlgorithm[] = ['SHA256', 'SHA512', 'SHA1', 'MD5', 'CRC32', 'CRC32C', 'CRC64NVME'];

function isHashed(algorithm: string): algorithm is HashAlgorithm {
  return hashed.some((known) => known === algorithm);
}
