/** A checksum as S3 gives it: base64 of the big-endian digest. */
export interface Checksum {
  readonly algorithm: string;
  readonly value: string;
  /** COMPOSITE: a checksum of part checksums, which depends on where the parts begin. */
  readonly type: 'FULL_OBJECT' | 'COMPOSITE';
}

/** What two checksums say about the bytes that they were computed from. */
export function compareChecksums(
  one: Checksum | undefined,
  other: Checksum | undefined,
): 'equal' | 'different' | 'incomparable' {
  if (one === undefined || one.algorithm !== other?.algorithm || one.type !== other.type) {
    return 'incomparable';
  }
  if (one.value === other.value) return 'equal';
  // The same bytes in other parts have another composite checksum.
  return one.type === 'FULL_OBJECT' ? 'different' : 'incomparable';
}

/** S3 answers full-object checksums of multipart uploads for these alone. */
export function provableByMultipart(algorithm: string): boolean {
  return algorithm.startsWith('CRC');
}

/** Whether two versions with this checksum hold the same bytes. Whatever else there is can be forged, be it as long as it may. */
export function provesIdentity(algorithm: string): boolean {
  return ['MD5', 'SHA1', 'SHA256', 'SHA512'].includes(algorithm);
}

/** An MD5 in hex, as an ETag has it. */
export function md5Checksum(hex: string): Checksum {
  return { algorithm: 'MD5', value: Buffer.from(hex, 'hex').toString('base64'), type: 'FULL_OBJECT' };
}
