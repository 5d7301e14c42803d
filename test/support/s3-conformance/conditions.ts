import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
} from '@aws-sdk/client-s3';
import { describe, expect } from 'vitest';
import { type Cases, quotedMd5 } from './cases.ts';

export function describeConditions(s3: Cases): void {
  const { newBucket, put, get, failure, source, check } = s3;

  describe('conditions', () => {
    check('If-None-Match on put writes once', async () => {
      const bucket = await newBucket();
      await put(bucket, 'a', 'first', { IfNoneMatch: '*' });

      expect(await failure(put(bucket, 'a', 'second', { IfNoneMatch: '*' }))).toBe('PreconditionFailed');
      expect(await get(bucket, 'a')).toBe('first');
    });

    check('If-Match on put replaces only what it names', async () => {
      const bucket = await newBucket();
      await put(bucket, 'a', 'first');
      await put(bucket, 'a', 'second', { IfMatch: quotedMd5('first') });

      expect(await failure(put(bucket, 'a', 'third', { IfMatch: quotedMd5('first') }))).toBe(
        'PreconditionFailed',
      );
      expect(await get(bucket, 'a')).toBe('second');
    });

    check('If-Match on put of what is absent is no success', async () => {
      const bucket = await newBucket('Enabled');
      await put(bucket, 'gone', 'first');
      await s3.client.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'gone' }));

      expect(await failure(put(bucket, 'never', 'a', { IfMatch: quotedMd5('first') }))).toBe('NoSuchKey');
      expect(await failure(put(bucket, 'gone', 'a', { IfMatch: quotedMd5('first') }))).toBe('NoSuchKey');
    });

    check('If-Match on get and head', async () => {
      const bucket = await newBucket();
      await put(bucket, 'a', 'a');
      const input = { Bucket: bucket, Key: 'a', IfMatch: quotedMd5('other') };

      expect(await failure(s3.client.send(new GetObjectCommand(input)))).toBe('PreconditionFailed');
      expect(await failure(s3.client.send(new HeadObjectCommand(input)))).not.toBe('no failure');
    });

    check('If-Match on delete removes only what it names', async () => {
      const bucket = await newBucket();
      await put(bucket, 'a', 'now');
      const remove = (text: string) =>
        s3.client.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'a', IfMatch: quotedMd5(text) }));

      expect(await failure(remove('before'))).toBe('PreconditionFailed');
      expect(await get(bucket, 'a')).toBe('now');
      await remove('now');
      expect(await failure(get(bucket, 'a'))).toBe('NoSuchKey');
    });

    check('CopySourceIfMatch and If-None-Match on copy', async () => {
      const bucket = await newBucket();
      await put(bucket, 'a', 'a');
      const copy = (text: string) =>
        s3.client.send(
          new CopyObjectCommand({
            Bucket: bucket,
            Key: 'b',
            CopySource: source(bucket, 'a'),
            CopySourceIfMatch: quotedMd5(text),
            IfNoneMatch: '*',
          }),
        );

      expect(await failure(copy('other'))).toBe('PreconditionFailed');
      await copy('a');
      expect(await failure(copy('a'))).toBe('PreconditionFailed');
      expect(await get(bucket, 'b')).toBe('a');
    });
  });
}
