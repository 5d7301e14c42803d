/** The account and bucket of the flagged object that a call to S3 is about. */
export interface CalledPlace {
  readonly accountId: string;
  readonly bucket: string;
}

/**
 * Returns the place of the source of a copy, else the place of the bucket that is called. Every call of this product
 * names the owner that it expects. Returns `undefined` for a call that does not.
 */
export function calledPlace(input: unknown): CalledPlace | undefined {
  const { Bucket, CopySource, ExpectedBucketOwner, ExpectedSourceBucketOwner } = (input ?? {}) as Readonly<
    Record<string, string | undefined>
  >;
  const bucket = CopySource?.split('/')[0] ?? Bucket;
  const accountId = CopySource === undefined ? ExpectedBucketOwner : ExpectedSourceBucketOwner;
  return bucket === undefined || accountId === undefined ? undefined : { accountId, bucket };
}
