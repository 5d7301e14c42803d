/** One object under `control/`, as S3 answers it. */
export interface ControlObject {
  /** Absent: there is no such object. */
  readonly found?: {
    readonly text: string;
    /** With its quotes away. */
    readonly eTag: string;
    readonly lastModified: Date;
  };
  /** The `Date` of the answer: S3's clock, which all workers share. */
  readonly at: Date;
}

/** Small objects that several writers share, changed by conditional writes. Throws `RetryableError`. */
export interface ControlObjects {
  read(key: string): Promise<ControlObject>;
  /** Writes where the object still has this ETag; without one, where there is no object. */
  write(
    key: string,
    text: string,
    ifMatch: string | undefined,
  ): Promise<
    { readonly kind: 'written'; readonly eTag: string; readonly at: Date } | { readonly kind: 'conflict' }
  >;
}
