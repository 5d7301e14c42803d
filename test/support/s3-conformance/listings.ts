import {
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
} from '@aws-sdk/client-s3';
import { describe, expect } from 'vitest';
import { hardKeys } from '../hard-keys.ts';
import type { Cases } from './cases.ts';

export function describeListings(s3: Cases): void {
  const { check, newBucket, put } = s3;
  const decoded = (key = '') => decodeURIComponent(key.replaceAll('+', '%20'));
  const begin = async (Bucket: string, Key: string) =>
    (await s3.client.send(new CreateMultipartUploadCommand({ Bucket, Key }))).UploadId;
  const uploads = (Bucket: string, more: { Prefix?: string; KeyMarker?: string; UploadIdMarker?: string }) =>
    s3.client.send(new ListMultipartUploadsCommand({ Bucket, MaxUploads: 2, EncodingType: 'url', ...more }));

  describe('listings', () => {
    check('of objects show hard keys in URL encoding', async () => {
      const bucket = await newBucket();
      for (const key of hardKeys) await put(bucket, key, 'a');
      const { Contents = [] } = await s3.client.send(
        new ListObjectsV2Command({ Bucket: bucket, EncodingType: 'url' }),
      );

      expect(Contents.map(({ Key }) => decoded(Key)).sort()).toEqual([...hardKeys].sort());
    });

    check('of objects stop at a delimiter, and go on behind what they stopped at', async () => {
      const bucket = await newBucket();
      for (const key of ['a', 'b/', 'b/1', 'b/2/x', 'c/1', 'c/2', 'd', 'd/1']) await put(bucket, key, 'a');
      const pages = async (more: Partial<ListObjectsV2CommandInput>) => {
        const seen: string[][] = [];
        let next: string | undefined;
        do {
          const page = await s3.client.send(
            new ListObjectsV2Command({
              Bucket: bucket,
              Delimiter: '/',
              MaxKeys: 2,
              ContinuationToken: next,
              ...more,
            }),
          );
          const { CommonPrefixes = [], Contents = [] } = page;
          seen.push([
            ...Contents.map(({ Key = '' }) => Key),
            ...CommonPrefixes.map(({ Prefix = '' }) => Prefix),
          ]);
          expect(page.KeyCount).toBe(seen.at(-1)?.length);
          next = page.NextContinuationToken;
          expect(page.IsTruncated).toBe(next !== undefined);
        } while (next !== undefined);
        return seen;
      };

      expect(await pages({})).toEqual([['a', 'b/'], ['d', 'c/'], ['d/']]);
      expect(await pages({ Prefix: 'b/' })).toEqual([['b/', 'b/1'], ['b/2/']]);
      expect(await pages({ StartAfter: 'c/1', MaxKeys: 3 })).toEqual([['d', 'c/', 'd/']]);
      expect(await pages({ Prefix: 'none/' })).toEqual([[]]);
    });

    check('of versions show hard keys in URL encoding', async () => {
      const bucket = await newBucket('Enabled');
      for (const key of hardKeys) {
        await put(bucket, key, 'a');
        const { EncodingType, Versions = [] } = await s3.client.send(
          new ListObjectVersionsCommand({ Bucket: bucket, Prefix: key, EncodingType: 'url' }),
        );

        expect(EncodingType).toBe('url');
        expect(Versions.map(({ Key }) => decoded(Key))).toEqual([key]);
      }
    });

    check('of versions go on from a version of a key', async () => {
      const bucket = await newBucket('Enabled');
      for (const body of ['1', '2', '3']) await put(bucket, 'a', body);
      await put(bucket, 'b', '4');
      const seen: string[] = [];
      let next: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } | undefined = {};
      while (next) {
        const page: ListObjectVersionsCommandOutput = await s3.client.send(
          new ListObjectVersionsCommand({ Bucket: bucket, MaxKeys: 1, ...next }),
        );
        seen.push(...(page.Versions ?? []).map(({ Key }) => Key ?? ''));
        const { IsTruncated, NextKeyMarker, NextVersionIdMarker } = page;
        next = IsTruncated ? { KeyMarker: NextKeyMarker, VersionIdMarker: NextVersionIdMarker } : undefined;
      }

      expect(seen).toEqual(['a', 'a', 'a', 'b']);
    });

    check('of uploads are in pages, by key and then by age', async () => {
      const bucket = await newBucket();
      const ids = [await begin(bucket, 'a'), await begin(bucket, 'a')];
      await begin(bucket, 'b');
      await begin(bucket, 'other');
      const first = await uploads(bucket, { Prefix: '' });
      const second = await uploads(bucket, {
        KeyMarker: first.NextKeyMarker ?? '',
        UploadIdMarker: first.NextUploadIdMarker ?? '',
      });

      expect([first.IsTruncated, second.IsTruncated]).toEqual([true, false]);
      expect([...(first.Uploads ?? []), ...(second.Uploads ?? [])].map(({ Key }) => Key)).toEqual([
        'a',
        'a',
        'b',
        'other',
      ]);
      expect(new Set(first.Uploads?.map(({ UploadId }) => UploadId))).toEqual(new Set(ids));
    });

    check('of uploads have those of a key by its prefix', async () => {
      const bucket = await newBucket();
      await begin(bucket, 'a');
      const id = await begin(bucket, 'long/b');

      const { Uploads = [] } = await uploads(bucket, { Prefix: 'long/b' });

      expect(Uploads.map(({ UploadId }) => UploadId)).toEqual([id]);
    });

    check('of uploads show keys in URL encoding', async () => {
      const bucket = await newBucket();
      await begin(bucket, 'a b+c%20');

      const { Uploads = [] } = await uploads(bucket, {});

      expect(Uploads.map(({ Key }) => Key)).not.toEqual(['a b+c%20']);
      expect(Uploads.map(({ Key }) => decoded(Key))).toEqual(['a b+c%20']);
    });
  });
}
