/** Why a call about a bucket failed, as far as a person can mend it. The text of AWS is foreign and not shown. */
export class BucketProblemError extends Error {
  override readonly name = 'BucketProblemError';
  readonly kind: 'no-such-bucket' | 'denied' | 'no-role' | 'refused';
  /** The permission that is missing, or the code of the error. */
  readonly detail: string;

  constructor(kind: BucketProblemError['kind'], detail: string, cause: unknown) {
    super(`${kind}: ${detail}`, { cause });
    this.kind = kind;
    this.detail = detail;
  }
}
