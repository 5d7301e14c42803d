import {
  AbortMultipartUploadCommand,
  type ChecksumAlgorithm,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectTaggingCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { describe, expect } from 'vitest';
import { type Cases, mib, quotedMd5 } from './cases.ts';

export function describeUploads(s3: Cases): void {
  const { newBucket, put, get, head, failure, source, check } = s3;

  describe('multipart uploads', () => {
    const begin = async (Bucket: string, algorithm: ChecksumAlgorithm = 'CRC32') => {
      const { UploadId } = await s3.client.send(
        new CreateMultipartUploadCommand({
          Bucket,
          Key: 'large',
          ChecksumAlgorithm: algorithm,
          ChecksumType: 'FULL_OBJECT',
          Metadata: { owner: 'x' },
          ContentType: 'text/csv',
          Tagging: 'team=hr',
        }),
      );
      return { Bucket, Key: 'large', UploadId };
    };
    const body = 'x'.repeat(5 * mib) + 'y'.repeat(1_000);

    check('copy parts, and the whole has a full-object checksum and what it was begun with', async () => {
      const bucket = await newBucket();
      const original = await put(bucket, 'a', body, { ChecksumAlgorithm: 'CRC32' });
      const upload = await begin(bucket);
      const ranges = [`0-${5 * mib - 1}`, `${5 * mib}-${5 * mib + 999}`];
      const parts = [];
      for (const [index, range] of ranges.entries()) {
        const { CopyPartResult } = await s3.client.send(
          new UploadPartCopyCommand({
            ...upload,
            PartNumber: index + 1,
            CopySource: source(bucket, 'a'),
            CopySourceIfMatch: original.ETag,
            CopySourceRange: `bytes=${range}`,
          }),
        );
        parts.push({ PartNumber: index + 1, ...CopyPartResult });
      }
      const listed = await s3.client.send(new ListPartsCommand(upload));
      expect(listed.Parts?.map(({ PartNumber, Size }) => [PartNumber, Size])).toEqual([
        [1, 5 * mib],
        [2, 1_000],
      ]);
      await s3.client.send(
        new CompleteMultipartUploadCommand({
          ...upload,
          IfNoneMatch: '*',
          MpuObjectSize: body.length,
          ChecksumType: 'FULL_OBJECT',
          MultipartUpload: { Parts: parts },
        }),
      );
      const tags = await s3.client.send(new GetObjectTaggingCommand({ Bucket: bucket, Key: 'large' }));

      expect(await get(bucket, 'large')).toBe(body);
      expect(await head(bucket, 'large')).toMatchObject({
        ETag: expect.stringMatching(/-2"$/),
        ChecksumCRC32: original.ChecksumCRC32,
        ChecksumType: 'FULL_OBJECT',
        Metadata: { owner: 'x' },
        ContentType: 'text/csv',
      });
      expect(tags.TagSet).toEqual([{ Key: 'team', Value: 'hr' }]);
    });

    check('copy no part of a source that changed', async () => {
      const bucket = await newBucket();
      await put(bucket, 'a', body);
      const upload = await begin(bucket);
      const call = s3.client.send(
        new UploadPartCopyCommand({
          ...upload,
          PartNumber: 1,
          CopySource: source(bucket, 'a'),
          CopySourceIfMatch: quotedMd5('other'),
          CopySourceRange: 'bytes=0-9',
        }),
      );

      expect(await failure(call)).toBe('PreconditionFailed');
    });

    check('complete nothing over an object that is there', async () => {
      const bucket = await newBucket();
      await put(bucket, 'large', 'first');
      const upload = await begin(bucket);
      const part = await s3.client.send(
        new UploadPartCommand({ ...upload, PartNumber: 1, Body: 'second', ChecksumAlgorithm: 'CRC32' }),
      );
      const call = s3.client.send(
        new CompleteMultipartUploadCommand({
          ...upload,
          IfNoneMatch: '*',
          MultipartUpload: { Parts: [{ PartNumber: 1, ...part }] },
        }),
      );

      expect(await failure(call)).toBe('PreconditionFailed');
      expect(await get(bucket, 'large')).toBe('first');
    });

    check('complete nothing of another size than was said', async () => {
      const bucket = await newBucket();
      const upload = await begin(bucket);
      const part = await s3.client.send(
        new UploadPartCommand({ ...upload, PartNumber: 1, Body: 'part', ChecksumAlgorithm: 'CRC32' }),
      );
      const call = s3.client.send(
        new CompleteMultipartUploadCommand({
          ...upload,
          MpuObjectSize: 5,
          MultipartUpload: { Parts: [{ PartNumber: 1, ...part }] },
        }),
      );

      expect(await failure(call)).not.toBe('no failure');
    });

    check('refuse a part that is too small and not the last', async () => {
      const bucket = await newBucket();
      const upload = await begin(bucket);
      const parts = [];
      for (const PartNumber of [1, 2]) {
        const part = await s3.client.send(
          new UploadPartCommand({ ...upload, PartNumber, Body: 'small', ChecksumAlgorithm: 'CRC32' }),
        );
        parts.push({ PartNumber, ...part });
      }
      const call = s3.client.send(
        new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: parts } }),
      );

      expect(await failure(call)).toBe('EntityTooSmall');
    });

    check('are listed until they end, and end by an abort', async () => {
      const bucket = await newBucket();
      const upload = await begin(bucket);
      const list = async () =>
        (await s3.client.send(new ListMultipartUploadsCommand({ Bucket: bucket }))).Uploads ?? [];
      expect((await list()).map(({ UploadId }) => UploadId)).toEqual([upload.UploadId]);

      await s3.client.send(new AbortMultipartUploadCommand(upload));

      expect(await list()).toEqual([]);
      expect(await failure(s3.client.send(new ListPartsCommand(upload)))).toBe('NoSuchUpload');
    });
  });
}
