/** S3's limits for multipart uploads (aws-facts 2). */
const maximumParts = 10_000;
const maximumPartBytes = 5 * 1024 ** 3;

export interface Part {
  readonly partNumber: number;
  readonly firstByte: number;
  /** Inclusive, as `CopySourceRange` needs it. */
  readonly lastByte: number;
}

/**
 * Covers every byte once, with at most 10,000 parts of the wished size. If that is too small, the parts have
 * the smallest size that suffices.
 */
export function planParts(sizeBytes: number, wishedPartBytes: number): Part[] {
  const partBytes = Math.min(
    Math.max(wishedPartBytes, Math.ceil(sizeBytes / maximumParts)),
    maximumPartBytes,
  );
  const count = Math.ceil(sizeBytes / partBytes);
  return partsOfSizes(
    Array.from({ length: count }, (_, index) => Math.min(partBytes, sizeBytes - index * partBytes)),
  );
}

/** Returns consecutive parts of these sizes. */
export function partsOfSizes(sizes: readonly number[]): Part[] {
  let firstByte = 0;
  return sizes.map((sizeBytes, index) => {
    const part = { partNumber: index + 1, firstByte, lastByte: firstByte + sizeBytes - 1 };
    firstByte += sizeBytes;
    return part;
  });
}
