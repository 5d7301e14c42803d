import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { describe, expect } from 'vitest';
import type { Cases } from './cases.ts';

export function describeRequests(s3: Cases): void {
  const { check, failure, newBucket, put, source } = s3;
  /** Without the checksum that the SDK adds by itself. */
  const withoutChecksum = async <T>(call: () => Promise<T>): Promise<T> => {
    const { config } = s3.client;
    const before = config.requestChecksumCalculation;
    config.requestChecksumCalculation = async () => 'WHEN_REQUIRED';
    try {
      return await call();
    } finally {
      config.requestChecksumCalculation = before;
    }
  };

  describe('requests', () => {
    for (const [what, name] of [
      ['Latin-1', 'Grüße.csv'],
      ['an accent', 'résumé.csv'],
    ] as const) {
      check(`whose headers go beyond ASCII are not signed as they are sent: ${what}`, async () => {
        const bucket = await newBucket();
        const ContentDisposition = `attachment; filename="${name}"`;
        const upload = new CreateMultipartUploadCommand({ Bucket: bucket, Key: 'b', ContentDisposition });

        expect(await failure(put(bucket, 'b', 'b', { ContentDisposition }))).toBe('SignatureDoesNotMatch');
        expect(await failure(s3.client.send(upload))).toBe('SignatureDoesNotMatch');
      });
    }

    check('with more than 8 KB of headers are refused', async () => {
      const bucket = await newBucket();
      await put(bucket, 'a', 'a');
      const ContentDisposition = 'x'.repeat(8_192);
      const copy = new CopyObjectCommand({
        Bucket: bucket,
        Key: 'b',
        CopySource: source(bucket, 'a'),
        ContentDisposition,
      });

      expect(await failure(s3.client.send(copy))).toBe('RequestHeaderSectionTooLarge');
      expect(await failure(put(bucket, 'b', 'b', { ContentDisposition }))).toBe(
        'RequestHeaderSectionTooLarge',
      );
      expect(await failure(put(bucket, 'b', 'b', { ContentDisposition: 'x'.repeat(4_096) }))).toBe(
        'no failure',
      );
    });

    check('with more than 2 KB of user metadata are refused', async () => {
      const bucket = await newBucket();
      const upload = new CreateMultipartUploadCommand({
        Bucket: bucket,
        Key: 'b',
        Metadata: { a: 'x'.repeat(2_048) },
      });

      expect(await failure(s3.client.send(upload))).toBe('MetadataTooLarge');
      expect(await failure(put(bucket, 'b', 'b', { Metadata: { a: 'x'.repeat(2_048) } }))).toBe(
        'MetadataTooLarge',
      );
      expect(await failure(put(bucket, 'b', 'b', { Metadata: { a: 'x'.repeat(2_047) } }))).toBe('no failure');
    });

    check('that lock an object come with a checksum of its bytes', async () => {
      const bucket = await newBucket('object lock');
      const lock = {
        ObjectLockMode: 'GOVERNANCE',
        ObjectLockRetainUntilDate: new Date(Date.now() + 3_600_000),
      } as const;
      const bare = () => failure(put(bucket, 'a', 'a', lock));

      expect(await withoutChecksum(bare)).toBe('InvalidRequest');
      expect(await bare()).toBe('no failure');
    });

    check('that complete an upload name the checksum of each part', async () => {
      const bucket = await newBucket();
      const addressed = { Bucket: bucket, Key: 'a' };
      const { UploadId } = await s3.client.send(
        new CreateMultipartUploadCommand({ ...addressed, ChecksumAlgorithm: 'SHA256' }),
      );
      const { ETag, ChecksumSHA256 } = await s3.client.send(
        new UploadPartCommand({
          ...addressed,
          UploadId,
          PartNumber: 1,
          Body: 'a',
          ChecksumAlgorithm: 'SHA256',
        }),
      );
      const complete = (checksum: { readonly ChecksumSHA256?: string | undefined }) =>
        failure(
          s3.client.send(
            new CompleteMultipartUploadCommand({
              ...addressed,
              UploadId,
              MultipartUpload: { Parts: [{ PartNumber: 1, ETag, ...checksum }] },
            }),
          ),
        );

      expect(await complete({})).toBe('InvalidRequest');
      expect(await complete({ ChecksumSHA256 })).toBe('no failure');
    });
  });
}
