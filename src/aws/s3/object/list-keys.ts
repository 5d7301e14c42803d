import { ListObjectsV2Command, type ListObjectsV2CommandOutput, type S3Client } from '@aws-sdk/client-s3';
import { RetryableError } from '../../../core/errors.ts';
import { createOnward } from '../../sdk/onward.ts';

/**
 * Yields pages of the objects whose keys begin with the prefix, 1,000 keys each. `EncodingType: url` is set
 * because XML cannot carry every key. A caller that has found what it looks for leaves the loop, and then the rest of
 * the listing does not matter. Throws `RetryableError` if more keys follow and the page does not say where, or
 * names a place where it was, and if the answer is no listing.
 */
export async function* listPages(
  client: S3Client,
  listing: {
    readonly bucket: string;
    readonly owner: string;
    readonly prefix: string;
    readonly delimiter?: string;
    /** The listing begins after this key. */
    readonly startAfter?: string;
  },
): AsyncGenerator<ListObjectsV2CommandOutput> {
  const { bucket, delimiter, owner, prefix, startAfter } = listing;
  const onward = createOnward('keys');
  let token: string | undefined;
  do {
    const page: ListObjectsV2CommandOutput = await client.send(
      new ListObjectsV2Command({
        Bucket: bucket,
        Prefix: prefix,
        EncodingType: 'url',
        ExpectedBucketOwner: owner,
        ...(delimiter !== undefined && { Delimiter: delimiter }),
        ...(startAfter !== undefined && { StartAfter: startAfter }),
        ...(token !== undefined && { ContinuationToken: token }),
      }),
    );
    checkListing(page, 'keys');
    yield page;
    token = page.IsTruncated === true ? onward(page.NextContinuationToken) : undefined;
  } while (token !== undefined);
}

/**
 * Throws `RetryableError` if the answer does not say whether more follows. Every listing of S3 says it, an empty one too.
 * An answer without it, such as an empty body or the page of a proxy, would otherwise pass for an empty listing.
 */
export function checkListing({ IsTruncated }: { IsTruncated?: boolean | undefined }, what: string): void {
  if (IsTruncated !== undefined) return;
  throw new RetryableError('AnswerWithoutListing', `the answer to a listing of ${what} is no listing of S3`);
}

/**
 * Returns a key or prefix of a listing as it is in the bucket. A store that ignores the encoding does not say that it
 * encoded. Some stores say so and show the raw key; a raw key that cannot be decoded is recognised.
 */
export function keyShown(shown: string, { EncodingType }: { EncodingType?: string | undefined }): string {
  if (EncodingType !== 'url') return shown;
  try {
    return decodeURIComponent(shown.replaceAll('+', '%20'));
  } catch {
    return shown;
  }
}
