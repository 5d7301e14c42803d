/** How the stub behaves; may change between loads. */
export interface StubSettings {
  /** Every call is answered so long after it came. */
  readonly latencyMs: number;
  /** A copy of an object whose key begins with `slow/` takes so many times longer. */
  readonly slowCopyTimes: number;
  /** How fast one stream is copied; 0: a copy takes no longer than any call. */
  readonly copyBytesPerSecond: number;
  /** S3 calls above this are answered with 503 SlowDown; 0: none are. */
  readonly s3CallsPerSecond: number;
  /** Calls about the bucket of the last of ten accounts are answered so long after they came; 0: like others. */
  readonly stuckMs: number;
}

export const defaultStubSettings: StubSettings = {
  latencyMs: 30,
  slowCopyTimes: 1,
  copyBytesPerSecond: 0,
  s3CallsPerSecond: 0,
  stuckMs: 0,
};

/**
 * Where the flagged objects lie: a bucket without versions, one where each key has one version, one where
 * an older version of another size lies below it.
 */
export type SourceBucket = 'lake' | 'lake-versioned' | 'lake-with-history';

/** The bucket of one of ten accounts: `lake0` to `lake9`. */
export type AccountBucket = `lake${number}`;

/** Messages put on a queue at once, each about an object of its own. */
export interface Load {
  readonly queue: string;
  readonly count: number;
  readonly bucket?: SourceBucket;
  readonly sizeBytes?: number;
  /** Every so many-th object, drawn by a seeded generator, has a key that begins with `slow/`. */
  readonly slowOneIn?: number;
  /** The objects are in ten accounts, by turns. The last account does not count: the load ends without it. */
  readonly tenAccounts?: true;
}

export interface Counts {
  /** Calls answered, by operation. */
  readonly calls: Readonly<Record<string, number>>;
  readonly throttled: number;
  readonly received: number;
  /** Receives that brought at least one message. */
  readonly filledReceives: number;
  readonly deleted: number;
  /** Bytes that UploadPartCopy copied, and of those the ones of parts that were copied before. */
  readonly partBytes: number;
  readonly partBytesAgain: number;
}

/** When messages were acknowledged, in milliseconds after the first of them was received. */
export interface LoadDone {
  readonly totalMs: number;
  /** Acknowledgements a second between the first and the last tenth of them: without ramp and tail. */
  readonly perSecond: number;
}
