/** S3's limits for multipart uploads (aws-facts 2). */
const maximumParts = 10_000;
const maximumPartBytes = 5 * 1024 ** 3;

export interface Part {
  readonly partNumber: number;
  readonly firstByte: number;
  /** Inclusive, as `CopySourceRange` wants it. */
  readonly lastByte: number;
}

/** Covers every byte once with at most 10,000 parts of the wished size, or of the smallest that does. */
export function planParts(sizeBytes: number, wishedPartBytes: number): Part[] {
  const partBytes = Math.min(
    Math.max(wishedPartBytes, Math.ceil(sizeBytes / maximumParts)),
    maximumPartBytes,
  );
  const parts: Part[] = [];
  for (let firstByte = 0; firstByte < sizeBytes; firstByte += partBytes) {
    const lastByte = Math.min(firstByte + partBytes, sizeBytes) - 1;
    parts.push({ partNumber: parts.length + 1, firstByte, lastByte });
  }
  return parts;
}
