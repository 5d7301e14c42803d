import { createHash } from 'node:crypto';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  GetObjectAttributesCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListPartsCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { describe, expect } from 'vitest';
import { type Cases, mib } from './cases.ts';

export function describeParts(s3: Cases): void {
  const { check, copy, failure, head, newBucket, put, source } = s3;
  const bodies = ['x'.repeat(5 * mib), 'y'.repeat(5 * mib), 'z'];
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const composite = `${createHash('sha256')
    .update(Buffer.concat(bodies.map(digest)))
    .digest('base64')}-3`;

  const begin = async (Bucket: string, more: Partial<CreateMultipartUploadCommandInput> = {}) => {
    const target = { Bucket, Key: 'large' };
    const { UploadId } = await s3.client.send(
      new CreateMultipartUploadCommand({ ...target, ChecksumAlgorithm: 'SHA256', ...more }),
    );
    return { ...target, UploadId };
  };
  const uploadAll = async (bucket: string) => {
    const upload = await begin(bucket);
    const parts = [];
    for (const [index, Body] of bodies.entries()) {
      const PartNumber = index + 1;
      const part = await s3.client.send(
        new UploadPartCommand({ ...upload, PartNumber, Body, ChecksumAlgorithm: 'SHA256' }),
      );
      parts.push({ ...part, PartNumber });
    }
    return { upload, parts };
  };
  const object = async () => {
    const bucket = await newBucket();
    const { upload, parts } = await uploadAll(bucket);
    await s3.client.send(
      new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: parts } }),
    );
    return bucket;
  };
  const partsOf = async (Bucket: string, MaxParts?: number, PartNumberMarker?: string) => {
    const answer = await s3.client.send(
      new GetObjectAttributesCommand({
        Bucket,
        Key: 'large',
        ObjectAttributes: ['ObjectParts', 'Checksum'],
        MaxParts,
        PartNumberMarker,
      }),
    );
    return answer.ObjectParts;
  };

  describe('parts', () => {
    check('have a composite checksum: one of theirs, and their count', async () => {
      expect(await head(await object(), 'large')).toMatchObject({
        ChecksumSHA256: composite,
        ChecksumType: 'COMPOSITE',
      });
    });

    check('are told by their sizes', async () => {
      const parts = await partsOf(await object());

      expect(parts).toMatchObject({ TotalPartsCount: 3, IsTruncated: false });
      expect(parts?.Parts?.map(({ PartNumber, Size }) => [PartNumber, Size])).toEqual([
        [1, 5 * mib],
        [2, 5 * mib],
        [3, 1],
      ]);
    });

    check('are had by their numbers', async () => {
      const bucket = await object();
      const addressed = { Bucket: bucket, Key: 'large' };
      const whole = bodies.reduce((sum, body) => sum + body.length, 0);
      const last = { ...addressed, PartNumber: 3 };
      const got = await s3.client.send(new GetObjectCommand(last));
      const bytes = await got.Body?.transformToByteArray();

      expect(Buffer.from(bytes ?? []).equals(Buffer.from(bodies[2] ?? ''))).toBe(true);
      expect(got).toMatchObject({
        PartsCount: 3,
        ContentRange: `bytes ${whole - (bodies[2]?.length ?? 0)}-${whole - 1}/${whole}`,
      });
      expect(await s3.client.send(new HeadObjectCommand({ ...addressed, PartNumber: 1 }))).toMatchObject({
        PartsCount: 3,
        ContentLength: bodies[0]?.length,
        ETag: got.ETag,
      });
      expect(await failure(s3.client.send(new GetObjectCommand({ ...addressed, PartNumber: 4 })))).toBe(
        'InvalidPartNumber',
      );
      expect(await failure(s3.client.send(new GetObjectCommand({ ...last, Range: 'bytes=0-1' })))).toBe(
        'InvalidRequest',
      );
    });

    check('of an object that was not made in parts are one, the whole', async () => {
      const bucket = await newBucket();
      await put(bucket, 'a', 'abc');
      const of = (PartNumber: number) => new GetObjectCommand({ Bucket: bucket, Key: 'a', PartNumber });
      const first = await s3.client.send(of(1));

      expect(await first.Body?.transformToString()).toBe('abc');
      expect(await failure(s3.client.send(of(2)))).toBe('InvalidPartNumber');
    });

    check('are not copied by a range that is none', async () => {
      const bucket = await object();
      const upload = await begin(bucket, { Key: 'other' });
      const copyOf = (CopySourceRange: string) =>
        new UploadPartCopyCommand({
          ...upload,
          Key: 'other',
          PartNumber: 1,
          CopySource: source(bucket, 'large'),
          CopySourceRange,
        });

      for (const range of [
        '0-2',
        'bytes=0',
        'bytes=hello-world',
        'bytes=0-bar',
        'bytes=0-2,3-5',
        'bytes=2-1',
      ]) {
        expect(await failure(s3.client.send(copyOf(range)))).toBe('InvalidArgument');
      }
    });

    check('are told in pages', async () => {
      const bucket = await object();
      const first = await partsOf(bucket, 2);
      const second = await partsOf(bucket, 2, first?.NextPartNumberMarker);

      expect([first?.IsTruncated, second?.IsTruncated]).toEqual([true, false]);
      expect([first, second].map((page) => page?.Parts?.map(({ Size }) => Size))).toEqual([
        [5 * mib, 5 * mib],
        [1],
      ]);
    });

    check('are gone from a copy by one call, whose checksum is of the whole', async () => {
      const bucket = await object();
      await copy(bucket, 'large', 'copy', { ChecksumAlgorithm: 'SHA256' });

      expect(await head(bucket, 'copy')).toMatchObject({
        ChecksumSHA256: digest(bodies.join('')).toString('base64'),
        ETag: expect.not.stringContaining('-'),
      });
    });

    check('copied along the same boundaries have the same composite checksum', async () => {
      const bucket = await object();
      const upload = await begin(bucket, { Key: 'again', ChecksumType: 'COMPOSITE' });
      const again = { ...upload, Key: 'again' };
      const parts = [];
      for (const [index, range] of [
        `0-${5 * mib - 1}`,
        `${5 * mib}-${10 * mib - 1}`,
        `${10 * mib}-${10 * mib}`,
      ].entries()) {
        const { CopyPartResult } = await s3.client.send(
          new UploadPartCopyCommand({
            ...again,
            PartNumber: index + 1,
            CopySource: source(bucket, 'large'),
            CopySourceRange: `bytes=${range}`,
          }),
        );
        parts.push({ PartNumber: index + 1, ...CopyPartResult });
      }
      await s3.client.send(
        new CompleteMultipartUploadCommand({ ...again, MultipartUpload: { Parts: parts } }),
      );

      expect((await head(bucket, 'again')).ChecksumSHA256).toBe(composite);
    });

    check('can be copied whole from a small source, but no range of it', async () => {
      const bucket = await newBucket();
      await put(bucket, 'small', 'small');
      const upload = await begin(bucket);
      const part = { ...upload, PartNumber: 1, CopySource: source(bucket, 'small') };

      expect(
        await failure(s3.client.send(new UploadPartCopyCommand({ ...part, CopySourceRange: 'bytes=0-4' }))),
      ).toBe('InvalidRequest');
      expect(await failure(s3.client.send(new UploadPartCopyCommand(part)))).toBe('no failure');
    });

    check('of an unfinished upload are listed in pages', async () => {
      const { upload } = await uploadAll(await newBucket());
      const list = (PartNumberMarker?: string) =>
        s3.client.send(new ListPartsCommand({ ...upload, MaxParts: 2, PartNumberMarker }));
      const first = await list();
      const second = await list(first.NextPartNumberMarker);

      expect([first.IsTruncated, second.IsTruncated]).toEqual([true, false]);
      expect([first, second].map(({ Parts = [] }) => Parts.map(({ PartNumber }) => PartNumber))).toEqual([
        [1, 2],
        [3],
      ]);
    });

    check('that are not the object its checksum says are refused', async () => {
      const { upload, parts } = await uploadAll(await newBucket());
      const call = s3.client.send(
        new CompleteMultipartUploadCommand({
          ...upload,
          ChecksumSHA256: `${digest('other').toString('base64')}-3`,
          MultipartUpload: { Parts: parts },
        }),
      );

      expect(await failure(call)).toBe('BadDigest');
    });

    check('in the wrong order are refused', async () => {
      const { upload, parts } = await uploadAll(await newBucket());
      const call = s3.client.send(
        new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: parts.toReversed() } }),
      );

      expect(await failure(call)).toBe('InvalidPartOrder');
    });
  });
}
