/** A checksum as S3 gives it: base64 of the big-endian digest. */
export interface Checksum {
  readonly algorithm: string;
  readonly value: string;
  /** COMPOSITE: a checksum of the checksums of the parts, which depends on the sizes of the parts. */
  readonly type: 'FULL_OBJECT' | 'COMPOSITE';
}

/** Compares the bytes of two objects by their checksums. */
export function compareChecksums(
  one: Checksum | undefined,
  other: Checksum | undefined,
): 'equal' | 'different' | 'incomparable' {
  if (one === undefined || one.algorithm !== other?.algorithm || one.type !== other.type) {
    return 'incomparable';
  }
  if (one.value === other.value) return 'equal';
  // The same bytes in other parts have a different composite checksum.
  return one.type === 'FULL_OBJECT' ? 'different' : 'incomparable';
}

/** Only for these algorithms does S3 give the checksum of the whole object after a multipart upload. */
export function provableByMultipart(algorithm: string): boolean {
  return algorithm.startsWith('CRC');
}

/**
 * Whether two versions with the same checksum hold the same bytes. All other algorithms can be forged,
 * however long their values are.
 */
export function provesIdentity(algorithm: string): boolean {
  return ['MD5', 'SHA1', 'SHA256', 'SHA512'].includes(algorithm);
}

/** Converts an MD5 in hex, as it appears in an ETag. */
export function md5Checksum(hex: string): Checksum {
  return { algorithm: 'MD5', value: Buffer.from(hex, 'hex').toString('base64'), type: 'FULL_OBJECT' };
}
