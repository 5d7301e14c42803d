import {
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { ObjectAddress } from '../core/finding.ts';
import type { ListedVersion } from '../core/ports.ts';
import { unquoted } from './copy-source.ts';

/**
 * Every version and delete marker of exactly this key, newest first as S3 lists them. The key is the
 * first of all that have it as prefix, so its own come first and the rest need not be read.
 * `EncodingType: url`, since XML cannot carry every key (aws-facts 10).
 */
export async function listVersions(client: S3Client, object: ObjectAddress): Promise<ListedVersion[]> {
  const found: ListedVersion[] = [];
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
    found.push(...entriesOf(page, object.key));
    const nextKey = decoded(page.NextKeyMarker);
    const more: boolean = page.IsTruncated === true && nextKey === object.key;
    marker = more ? { KeyMarker: object.key, VersionIdMarker: page.NextVersionIdMarker ?? '' } : undefined;
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
    .filter((entry) => decoded(entry.Key) === key)
    .map((entry) => ({
      versionId: entry.VersionId ?? 'null',
      isLatest: entry.IsLatest === true,
      isMarker: entry.isMarker,
      eTag: unquoted(entry.ETag),
      sizeBytes: entry.Size ?? 0,
    }));
}

function decoded(key: string | undefined): string | undefined {
  return key === undefined ? undefined : decodeURIComponent(key.replaceAll('+', '%20'));
}
