/** An object under `control/`, as S3 answers it. */
export interface ControlObject {
  /** Absent if there is no such object. */
  readonly found?: {
    readonly text: string;
    /** Without quotes. */
    readonly eTag: string;
    readonly lastModified: Date;
  };
  /** The `Date` of the answer: S3's clock, which all workers share. */
  readonly at: Date;
}

/** Small objects that several writers share and change by conditional writes. Its functions throw `RetryableError`. */
export interface ControlObjects {
  read(key: string): Promise<ControlObject>;
  /** Writes only if the object still has this ETag or, without an ETag, only if no object exists. */
  write(
    key: string,
    text: string,
    ifMatch: string | undefined,
  ): Promise<
    { readonly kind: 'written'; readonly eTag: string; readonly at: Date } | { readonly kind: 'conflict' }
  >;
}
