import {
  CopyObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  ListObjectsV2Command,
} from '@aws-sdk/client-s3';
import { describe, expect } from 'vitest';
import { hardKeys } from '../hard-keys.ts';
import { type Cases, quotedMd5 } from './cases.ts';

export function describeObjects(s3: Cases): void {
  const { newBucket, put, get, head, failure, source, check, absentBucket } = s3;

  describe('objects', () => {
    check('come back with body, ETag, metadata and content headers', async () => {
      const bucket = await newBucket();
      const answer = await put(bucket, 'a', 'body', {
        Metadata: { owner: 'x' },
        ContentType: 'text/csv',
        CacheControl: 'no-store',
        ContentDisposition: 'attachment',
        ContentLanguage: 'de',
        ContentEncoding: 'identity',
      });

      expect(answer.ETag).toBe(quotedMd5('body'));
      expect(await get(bucket, 'a')).toBe('body');
      expect(await head(bucket, 'a')).toMatchObject({
        ETag: quotedMd5('body'),
        ContentLength: 4,
        Metadata: { owner: 'x' },
        ContentType: 'text/csv',
        CacheControl: 'no-store',
        ContentDisposition: 'attachment',
        ContentLanguage: 'de',
      });
    });

    check('are read by range', async () => {
      const bucket = await newBucket();
      await put(bucket, 'a', '0123456789');
      const answer = await s3.client.send(
        new GetObjectCommand({ Bucket: bucket, Key: 'a', Range: 'bytes=2-4' }),
      );

      expect(await answer.Body?.transformToString()).toBe('234');
      expect(answer.ContentRange).toBe('bytes 2-4/10');
    });

    check('that are not there are NotFound by HEAD and NoSuchKey by GET', async () => {
      const bucket = await newBucket();

      expect(await failure(head(bucket, 'none'))).toBe('NotFound');
      expect(await failure(get(bucket, 'none'))).toBe('NoSuchKey');
    });

    check('of a bucket that is not there are NoSuchBucket', async () => {
      expect(await failure(get(absentBucket, 'a'))).toBe('NoSuchBucket');
      expect(await failure(s3.client.send(new HeadBucketCommand({ Bucket: absentBucket })))).toBe('NotFound');
    });

    check('have hard keys, taken as they are', async () => {
      const bucket = await newBucket();
      for (const key of hardKeys) {
        await put(bucket, key, key);
        expect(await get(bucket, key)).toBe(key);
        await s3.client.send(
          new CopyObjectCommand({ Bucket: bucket, Key: 'copy', CopySource: source(bucket, key) }),
        );
        expect(await get(bucket, 'copy')).toBe(key);
      }
    });

    check('are refused with a key above 1,024 bytes', async () => {
      const bucket = await newBucket();

      expect(await failure(put(bucket, 'x'.repeat(1_025), 'a'))).toBe('KeyTooLongError');
    });

    check('are refused with more than 2 KB of metadata', async () => {
      const bucket = await newBucket();

      expect(await failure(put(bucket, 'a', 'a', { Metadata: { long: 'x'.repeat(2_100) } }))).toBe(
        'MetadataTooLarge',
      );
    });

    check('belong to an owner, and a wrong one is denied', async () => {
      const bucket = await newBucket();
      await put(bucket, 'a', 'a');
      const ExpectedBucketOwner = '999999999999';
      const call = s3.client.send(new GetObjectCommand({ Bucket: bucket, Key: 'a', ExpectedBucketOwner }));

      expect(await failure(call)).toBe('AccessDenied');
    });

    check('are listed by prefix, in pages', async () => {
      const bucket = await newBucket();
      for (const key of ['a/1', 'a/2', 'a/3', 'b/1']) await put(bucket, key, key);
      const list = (ContinuationToken?: string) =>
        s3.client.send(
          new ListObjectsV2Command({ Bucket: bucket, Prefix: 'a/', MaxKeys: 2, ContinuationToken }),
        );
      const first = await list();
      const second = await list(first.NextContinuationToken);

      expect(first.IsTruncated).toBe(true);
      expect([...(first.Contents ?? []), ...(second.Contents ?? [])].map(({ Key }) => Key)).toEqual([
        'a/1',
        'a/2',
        'a/3',
      ]);
    });
  });
}
