/** A checksum as S3 gives it: base64 of the big-endian digest. */
export interface Checksum {
  readonly algorithm: string;
  readonly value: string;
  /** COMPOSITE: a checksum of part checksums, which says nothing about a copy with other parts. */
  readonly type: 'FULL_OBJECT' | 'COMPOSITE';
}

/** Whether the two were computed in the same way over whole objects, and so decide equality. */
export function comparable(a: Checksum | undefined, b: Checksum | undefined): boolean {
  return a?.type === 'FULL_OBJECT' && b?.type === 'FULL_OBJECT' && a.algorithm === b.algorithm;
}

/** S3 answers full-object checksums of multipart uploads for these alone. */
export function provableByMultipart(algorithm: string): boolean {
  return algorithm.startsWith('CRC');
}
