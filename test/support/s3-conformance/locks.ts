import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  type DeleteObjectCommandInput,
  GetObjectLegalHoldCommand,
  GetObjectRetentionCommand,
  PutObjectLegalHoldCommand,
  PutObjectRetentionCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { describe, expect } from 'vitest';
import type { Cases } from './cases.ts';

export function describeLocks(s3: Cases): void {
  const { check, failure, get, head, newBucket, put } = s3;
  const until = new Date(Math.ceil(Date.now() / 1000) * 1000 + 3_600_000);
  const later = new Date(until.getTime() + 3_600_000);
  const locked = (mode: 'GOVERNANCE' | 'COMPLIANCE') => ({
    ObjectLockMode: mode,
    ObjectLockRetainUntilDate: until,
  });
  const remove = (Bucket: string, VersionId?: string, more: Partial<DeleteObjectCommandInput> = {}) =>
    s3.client.send(new DeleteObjectCommand({ Bucket, Key: 'a', VersionId, ...more }));

  describe('object lock', () => {
    for (const mode of ['GOVERNANCE', 'COMPLIANCE'] as const) {
      check(`keeps a version until its time, and HEAD shows it: ${mode}`, async () => {
        const bucket = await newBucket('object lock');
        const { VersionId } = await put(bucket, 'a', 'kept', locked(mode));

        expect(await head(bucket, 'a')).toMatchObject(locked(mode));
        expect(await failure(remove(bucket, VersionId))).toBe('AccessDenied');
        expect(await get(bucket, 'a', VersionId)).toBe('kept');
      });
    }

    check(
      'does not keep a plain delete from hiding the version, nor the marker from being removed',
      async () => {
        const bucket = await newBucket('object lock');
        await put(bucket, 'a', 'kept', locked('GOVERNANCE'));
        const marker = await remove(bucket);
        expect(await failure(head(bucket, 'a'))).toBe('NotFound');

        await remove(bucket, marker.VersionId);

        expect(await get(bucket, 'a')).toBe('kept');
      },
    );

    check('yields to whoever may bypass governance, but not in compliance mode', async () => {
      const bucket = await newBucket('object lock');
      const bypass = { BypassGovernanceRetention: true };
      const governed = await put(bucket, 'a', 'kept', locked('GOVERNANCE'));
      const complied = await put(bucket, 'a', 'kept', locked('COMPLIANCE'));

      expect(await failure(remove(bucket, complied.VersionId, bypass))).toBe('AccessDenied');
      expect(await failure(remove(bucket, governed.VersionId, bypass))).toBe('no failure');
    });

    check('can be set later and made longer, in compliance mode not shorter', async () => {
      const bucket = await newBucket('object lock');
      const { VersionId } = await put(bucket, 'a', 'kept');
      const retain = (RetainUntilDate: Date) =>
        s3.client.send(
          new PutObjectRetentionCommand({
            Bucket: bucket,
            Key: 'a',
            VersionId,
            Retention: { Mode: 'COMPLIANCE', RetainUntilDate },
          }),
        );
      await retain(until);
      await retain(later);
      const shown = await s3.client.send(
        new GetObjectRetentionCommand({ Bucket: bucket, Key: 'a', VersionId }),
      );

      expect(shown.Retention).toEqual({ Mode: 'COMPLIANCE', RetainUntilDate: later });
      expect(await failure(retain(until))).toBe('AccessDenied');
    });

    check('holds for legal reasons until that is over', async () => {
      const bucket = await newBucket('object lock');
      const { VersionId } = await put(bucket, 'a', 'kept', { ObjectLockLegalHoldStatus: 'ON' });

      expect(await head(bucket, 'a')).toMatchObject({ ObjectLockLegalHoldStatus: 'ON' });
      expect(await failure(remove(bucket, VersionId))).toBe('AccessDenied');
      const LegalHold = { Status: 'OFF' } as const;
      await s3.client.send(new PutObjectLegalHoldCommand({ Bucket: bucket, Key: 'a', VersionId, LegalHold }));
      expect(await failure(remove(bucket, VersionId))).toBe('no failure');
    });

    for (const [what, lock] of [
      ['a retention', locked('GOVERNANCE')],
      ['a legal hold', { ObjectLockLegalHoldStatus: 'ON' }],
    ] as const) {
      check(`keeps an object that was made in parts: ${what}`, async () => {
        const addressed = { Bucket: await newBucket('object lock'), Key: 'a' };
        const { UploadId } = await s3.client.send(
          new CreateMultipartUploadCommand({ ...addressed, ...lock, ChecksumAlgorithm: 'CRC32' }),
        );
        const part = await s3.client.send(
          new UploadPartCommand({
            ...addressed,
            UploadId,
            PartNumber: 1,
            Body: 'a',
            ChecksumAlgorithm: 'CRC32',
          }),
        );
        const MultipartUpload = { Parts: [{ ...part, PartNumber: 1 }] };
        const { VersionId } = await s3.client.send(
          new CompleteMultipartUploadCommand({ ...addressed, UploadId, MultipartUpload }),
        );

        expect(await head(addressed.Bucket, 'a')).toMatchObject(lock);
        expect(await failure(remove(addressed.Bucket, VersionId))).toBe('AccessDenied');
      });
    }

    check('shows a legal hold to whoever asks, and takes ON and OFF alone', async () => {
      const addressed = { Bucket: await newBucket('object lock'), Key: 'a' };
      await put(addressed.Bucket, 'a', 'kept', { ObjectLockLegalHoldStatus: 'ON' });
      const { LegalHold } = await s3.client.send(new GetObjectLegalHoldCommand(addressed));
      const odd = new PutObjectLegalHoldCommand({ ...addressed, LegalHold: { Status: 'abc' as 'ON' } });

      expect(LegalHold).toEqual({ Status: 'ON' });
      expect(await failure(s3.client.send(odd))).toBe('MalformedXML');
    });

    check('is not to be had in a bucket that was made without', async () => {
      const bucket = await newBucket('Enabled');

      expect(await failure(put(bucket, 'a', 'a', locked('GOVERNANCE')))).toBe('InvalidRequest');
    });
  });
}
