import {
  GetBucketRequestPaymentCommand,
  GetObjectCommand,
  PutBucketRequestPaymentCommand,
  RestoreObjectCommand,
} from '@aws-sdk/client-s3';
import { describe, expect } from 'vitest';
import { type Cases, md5 } from './cases.ts';

export function describeUnreadable(s3: Cases): void {
  const { check, copy, failure, get, head, newBucket, put } = s3;

  describe('archived objects', () => {
    for (const StorageClass of ['GLACIER', 'DEEP_ARCHIVE'] as const) {
      check(`cannot be read or copied, but looked at: ${StorageClass}`, async () => {
        const bucket = await newBucket();
        await put(bucket, 'a', 'cold', { StorageClass });

        expect(await head(bucket, 'a')).toMatchObject({ StorageClass, ContentLength: 4 });
        expect(await failure(get(bucket, 'a'))).toBe('InvalidObjectState');
        expect(await failure(copy(bucket, 'a', 'b'))).toMatch(/^(ObjectNotInActiveTier|InvalidObjectState)/);
      });
    }

    check('can be read and copied once they are restored, and HEAD says so', async () => {
      const bucket = await newBucket();
      await put(bucket, 'a', 'cold', { StorageClass: 'GLACIER' });
      await s3.client.send(
        new RestoreObjectCommand({ Bucket: bucket, Key: 'a', RestoreRequest: { Days: 1 } }),
      );

      expect((await head(bucket, 'a')).Restore).toContain('ongoing-request="false"');
      expect(await get(bucket, 'a')).toBe('cold');
      await copy(bucket, 'a', 'b');
      expect(await get(bucket, 'b')).toBe('cold');
    });

    check('of the instant class are like any others', async () => {
      const bucket = await newBucket();
      await put(bucket, 'a', 'cool', { StorageClass: 'GLACIER_IR' });
      await copy(bucket, 'a', 'b');

      expect((await head(bucket, 'a')).StorageClass).toBe('GLACIER_IR');
      expect((await head(bucket, 'b')).StorageClass ?? 'STANDARD').toBe('STANDARD');
    });
  });

  describe("objects with a customer's key", () => {
    const key = { SSECustomerAlgorithm: 'AES256', SSECustomerKey: 'k'.repeat(32) };

    check('are refused without it, by HEAD without a name', async () => {
      const bucket = await newBucket();
      await put(bucket, 'a', 'sealed', key);

      expect(await failure(get(bucket, 'a'))).toBe('InvalidRequest');
      expect(await failure(copy(bucket, 'a', 'b'))).toBe('InvalidRequest');
      await expect(head(bucket, 'a')).rejects.toMatchObject({ $metadata: { httpStatusCode: 400 } });
    });

    check('say in words what they are', async () => {
      const bucket = await newBucket();
      await put(bucket, 'a', 'sealed', key);

      await expect(get(bucket, 'a')).rejects.toThrow(/form of Server Side Encryption/);
    });

    check('are read with it, and their ETag is no MD5', async () => {
      const bucket = await newBucket();
      const { ETag } = await put(bucket, 'a', 'sealed', key);
      const answer = await s3.client.send(new GetObjectCommand({ Bucket: bucket, Key: 'a', ...key }));

      expect(await answer.Body?.transformToString()).toBe('sealed');
      expect(ETag).not.toContain(md5('sealed'));
    });
  });

  describe('a bucket', () => {
    check('says who pays', async () => {
      const bucket = await newBucket();
      const payer = async () =>
        (await s3.client.send(new GetBucketRequestPaymentCommand({ Bucket: bucket }))).Payer;
      const before = await payer();
      await s3.client.send(
        new PutBucketRequestPaymentCommand({
          Bucket: bucket,
          RequestPaymentConfiguration: { Payer: 'Requester' },
        }),
      );

      expect([before, await payer()]).toEqual(['BucketOwner', 'Requester']);
    });
  });
}
