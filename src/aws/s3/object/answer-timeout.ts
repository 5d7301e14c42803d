/** S3 copies tens of MB a second in one stream. A copy with a tenth of that rate counts as dead. */
export function answerTimeoutMs(bytes: number): number {
  return 30_000 + Math.ceil(bytes / 5_000);
}
