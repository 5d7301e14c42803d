import { type Checksum, compareChecksums, md5Checksum } from '../checksum.ts';
import type { Provenance } from '../isolation.ts';
import type { HashAlgorithm, StoredObject } from '../source-buckets.ts';

/** Reads the bytes of a copy. */
export interface CopyReader {
  /** The digest is that of all bytes, once they are read to their end. */
  read(
    key: string,
    stored: StoredObject,
    algorithm: HashAlgorithm,
  ): { readonly chunks: AsyncIterable<Uint8Array>; digest(): Checksum };
}

const computable: readonly HashAlgorithm[] = [
  'SHA256',
  'SHA512',
  'SHA1',
  'MD5',
  'CRC32',
  'CRC32C',
  'CRC64NVME',
];

/**
 * Returns the checksum that the bytes must have. A composite checksum depends on the parts of the source, which
 * the copy need not have; then only the MD5 of the source, if it had one, can be compared.
 */
export function expectedChecksum({ checksum, md5 }: Provenance): Checksum | undefined {
  const isKnown = computable.some((name) => name === checksum.algorithm);
  if (checksum.type === 'FULL_OBJECT' && isKnown) return checksum;
  return md5 === undefined ? undefined : md5Checksum(md5);
}

/** Returns the algorithm with which the bytes are read. Without a comparable checksum, people get a SHA-256. */
export function algorithmFor(expected: Checksum | undefined): HashAlgorithm {
  return computable.find((name) => name === expected?.algorithm) ?? 'SHA256';
}

/** `size-only`: the size is right, and there is nothing to compare the bytes with. */
export function judgeBytes(
  read: { readonly sizeBytes: number; readonly checksum: Checksum },
  provenance: Provenance,
): 'verified' | 'size-only' | 'differs' {
  if (read.sizeBytes !== provenance.sizeBytes) return 'differs';
  const expected = expectedChecksum(provenance);
  if (expected === undefined) return 'size-only';
  return compareChecksums(read.checksum, expected) === 'equal' ? 'verified' : 'differs';
}
