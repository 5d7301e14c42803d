import {
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  GetObjectTaggingCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { describe, expect } from 'vitest';
import { type Cases, quotedMd5 } from './cases.ts';

export function describeCopies(s3: Cases): void {
  const { newBucket, put, get, head, failure, source, check } = s3;

  describe('copies', () => {
    check('take metadata, content headers and tags along', async () => {
      const bucket = await newBucket();
      await put(bucket, 'a', 'a', {
        Metadata: { owner: 'x' },
        ContentType: 'text/csv',
        Tagging: 'team=hr&more=a%20b',
      });
      await s3.client.send(
        new CopyObjectCommand({ Bucket: bucket, Key: 'b', CopySource: source(bucket, 'a') }),
      );
      const tags = await s3.client.send(new GetObjectTaggingCommand({ Bucket: bucket, Key: 'b' }));

      expect(await head(bucket, 'b')).toMatchObject({ Metadata: { owner: 'x' }, ContentType: 'text/csv' });
      expect(tags.TagSet).toHaveLength(2);
      expect(tags.TagSet).toContainEqual({ Key: 'more', Value: 'a b' });
    });

    check('replace metadata and tags where told to', async () => {
      const bucket = await newBucket();
      await put(bucket, 'a', 'a', { Metadata: { owner: 'x' }, Tagging: 'team=hr' });
      await s3.client.send(
        new CopyObjectCommand({
          Bucket: bucket,
          Key: 'b',
          CopySource: source(bucket, 'a'),
          MetadataDirective: 'REPLACE',
          Metadata: { new: 'y' },
          TaggingDirective: 'REPLACE',
        }),
      );
      const tags = await s3.client.send(new GetObjectTaggingCommand({ Bucket: bucket, Key: 'b' }));

      expect((await head(bucket, 'b')).Metadata).toEqual({ new: 'y' });
      expect(tags.TagSet).toEqual([]);
    });

    check('of what is not there are NoSuchKey', async () => {
      const bucket = await newBucket();
      const call = s3.client.send(
        new CopyObjectCommand({ Bucket: bucket, Key: 'b', CopySource: source(bucket, 'none') }),
      );

      expect(await failure(call)).toBe('NoSuchKey');
    });

    check('read a plus in the source as a space, and %2B as a plus', async () => {
      const bucket = await newBucket();
      await put(bucket, 'a b', 'space');
      await put(bucket, 'a+b', 'plus');
      const copied = async (key: string) => {
        const CopySource = `${bucket}/${key}`;
        await s3.client.send(new CopyObjectCommand({ Bucket: bucket, Key: 'copy', CopySource }));
        return get(bucket, 'copy');
      };

      expect(await copied('a+b')).toBe('space');
      expect(await copied('a%20b')).toBe('space');
      expect(await copied('a%2Bb')).toBe('plus');
    });

    check('of parts read a plus in the source as a space too', async () => {
      const bucket = await newBucket();
      await put(bucket, 'a b', 'space');
      await put(bucket, 'a+b', 'plus');
      const upload = { Bucket: bucket, Key: 'copy' };
      const { UploadId } = await s3.client.send(new CreateMultipartUploadCommand(upload));
      const copied = async (key: string) => {
        const CopySource = `${bucket}/${key}`;
        const { CopyPartResult } = await s3.client.send(
          new UploadPartCopyCommand({ ...upload, UploadId, PartNumber: 1, CopySource }),
        );
        return CopyPartResult?.ETag;
      };

      expect(await copied('a+b')).toBe(quotedMd5('space'));
      expect(await copied('a%2Bb')).toBe(quotedMd5('plus'));
    });

    for (const algorithm of ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const) {
      check(`answer and keep a full-object checksum: ${algorithm}`, async () => {
        const bucket = await newBucket();
        await put(bucket, 'a', 'checked', { ChecksumAlgorithm: algorithm });
        const copied = await s3.client.send(
          new CopyObjectCommand({
            Bucket: bucket,
            Key: 'b',
            CopySource: source(bucket, 'a'),
            ChecksumAlgorithm: algorithm,
          }),
        );
        const name = `Checksum${algorithm}` as const;
        const original = (await head(bucket, 'a'))[name];

        expect(original).toMatch(/^[A-Za-z0-9+/]+=*$/);
        expect(copied.CopyObjectResult?.[name]).toBe(original);
        expect((await head(bucket, 'b'))[name]).toBe(original);
      });
    }

    check('of one version take that version', async () => {
      const bucket = await newBucket('Enabled');
      const { VersionId } = await put(bucket, 'a', 'first');
      await put(bucket, 'a', 'second');
      await s3.client.send(
        new CopyObjectCommand({ Bucket: bucket, Key: 'b', CopySource: source(bucket, 'a', VersionId) }),
      );

      expect(await get(bucket, 'b')).toBe('first');
    });
  });
}
