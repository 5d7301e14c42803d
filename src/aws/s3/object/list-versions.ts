import {
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { RetryableError } from '../../../core/errors.ts';
import type { ObjectAddress } from '../../../core/finding.ts';
import type { ListedVersion } from '../../../core/source-buckets.ts';
import { nullVersion } from '../../../core/version-id.ts';
import { createOnward } from '../../sdk/onward.ts';
import { unquoted } from './etag.ts';
import { checkListing, keyShown } from './list-keys.ts';

/**
 * Lists every version of exactly this key, newest first as S3 lists them, and its delete markers. The SDK
 * returns markers apart from versions, and dates do not tell their order (the date of a multipart upload is
 * its start). So the markers of each page come last; at worst, a delete marker is put where a marker already
 * is. The key is the first of all keys with this prefix, so its own versions come first, and the rest need
 * not be read. `EncodingType: url` is set because XML cannot carry every key (aws-facts 10).
 */
export async function listVersions(client: S3Client, object: ObjectAddress): Promise<ListedVersion[]> {
  const found: ListedVersion[] = [];
  const onward = createOnward('versions');
  let marker: { KeyMarker?: string; VersionIdMarker?: string } | undefined = {};
  while (marker !== undefined) {
    const page: ListObjectVersionsCommandOutput = await client.send(
      new ListObjectVersionsCommand({
        Bucket: object.bucket,
        Prefix: object.key,
        EncodingType: 'url',
        ExpectedBucketOwner: object.accountId,
        ...marker,
      }),
    );
    checkListing(page, 'versions');
    const own = entriesOf(page, object.key);
    found.push(...own);
    // The next key of the page is not used, because MinIO appends words of its own to it.
    const isAmongOwn = own.length === (page.Versions?.length ?? 0) + (page.DeleteMarkers?.length ?? 0);
    marker =
      page.IsTruncated === true && isAmongOwn
        ? { KeyMarker: object.key, VersionIdMarker: onward(page.NextVersionIdMarker) }
        : undefined;
  }
  // The worker puts a delete marker only over a current version. An older version would resurface.
  if (found.length > 0 && !found.some(({ isLatest }) => isLatest)) {
    throw new RetryableError('ListingIncomplete', 'a listing of versions names no latest version');
  }
  return found;
}

function entriesOf(page: ListObjectVersionsCommandOutput, key: string): ListedVersion[] {
  const versions = (page.Versions ?? []).map((version) => ({ ...version, isMarker: false }));
  const markers = (page.DeleteMarkers ?? []).map((entry) => ({
    ...entry,
    isMarker: true,
    ETag: '',
    Size: 0,
  }));
  return [...versions, ...markers]
    .filter((entry) => isKey(key, entry.Key, page))
    .map((entry) => {
      const { Size } = entry;
      const eTag = unquoted(entry.ETag);
      // Identical versions are recognised by ETag and size. A version without them would be skipped.
      if ((eTag === '' && !entry.isMarker) || Size === undefined) {
        throw new RetryableError('ListingIncomplete', 'a listing of versions lacks an ETag or a size');
      }
      return {
        versionId: entry.VersionId ?? nullVersion,
        isLatest: entry.IsLatest === true,
        isMarker: entry.isMarker,
        eTag,
        sizeBytes: Size,
      };
    });
}

/**
 * Whether a listed key is this key. A store that ignores the encoding does not say that it encoded. A store
 * that says so and did not (LocalStack, for uploads) shows the raw key. All listed keys begin with this key,
 * so a raw match can be no other key.
 */
export function isKey(
  key: string,
  shown: string | undefined,
  listing: { EncodingType?: string | undefined },
): boolean {
  if (shown === undefined || shown === key) return shown === key;
  return keyShown(shown, listing) === key;
}
