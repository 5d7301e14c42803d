import { DeleteObjectCommand, GetBucketVersioningCommand } from '@aws-sdk/client-s3';
import { describe, expect } from 'vitest';
import { type Cases } from './cases.ts';

export function describeVersions(s3: Cases): void {
  const { check, copy, failure, get, head, newBucket, put, setVersioning, source, versionsOf } = s3;

  describe('versions', () => {
    check('are all kept, newest first', async () => {
      const bucket = await newBucket('Enabled');
      const first = await put(bucket, 'a', 'first');
      const second = await put(bucket, 'a', 'second');

      expect((await versionsOf(bucket, 'a')).versions).toEqual([
        { VersionId: second.VersionId, IsLatest: true },
        { VersionId: first.VersionId, IsLatest: false },
      ]);
      expect(await get(bucket, 'a', first.VersionId)).toBe('first');
    });

    check('are hidden by a delete marker, which its answer names', async () => {
      const bucket = await newBucket('Enabled');
      const { VersionId } = await put(bucket, 'a', 'a');
      const marker = await s3.client.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'a' }));

      expect(marker).toMatchObject({ DeleteMarker: true, VersionId: expect.any(String) });
      expect(await failure(head(bucket, 'a'))).toBe('NotFound');
      expect(await get(bucket, 'a', VersionId)).toBe('a');
      await s3.client.send(
        new DeleteObjectCommand({ Bucket: bucket, Key: 'a', VersionId: marker.VersionId }),
      );
      expect(await get(bucket, 'a')).toBe('a');
    });

    check('can be deleted again, which is no error', async () => {
      const bucket = await newBucket('Enabled');
      await put(bucket, 'a', 'older');
      const { VersionId } = await put(bucket, 'a', 'a');
      const remove = () => s3.client.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'a', VersionId }));
      await remove();

      expect(await failure(remove())).toBe('no failure');
    });

    check('are deleted for good by id', async () => {
      const bucket = await newBucket('Enabled');
      const older = await put(bucket, 'a', 'older');
      const { VersionId } = await put(bucket, 'a', 'a');
      await s3.client.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'a', VersionId }));

      expect(await failure(get(bucket, 'a', VersionId))).toBe('NoSuchVersion');
      expect(await get(bucket, 'a')).toBe('older');
      expect((await versionsOf(bucket, 'a')).versions).toEqual([
        { VersionId: older.VersionId, IsLatest: true },
      ]);
    });

    check('from before versioning have the id null', async () => {
      const bucket = await newBucket();
      await put(bucket, 'a', 'before');
      await setVersioning(bucket, 'Enabled');
      await put(bucket, 'a', 'after');

      expect(await get(bucket, 'a', 'null')).toBe('before');
      expect((await versionsOf(bucket, 'a')).versions.map(({ VersionId }) => VersionId)).toContain('null');
    });

    check('of a suspended bucket are null and replaced by a put and by a marker', async () => {
      const bucket = await newBucket('Enabled');
      const { VersionId } = await put(bucket, 'a', 'versioned');
      await setVersioning(bucket, 'Suspended');
      await put(bucket, 'a', 'null one');
      await put(bucket, 'a', 'null two');
      expect((await versionsOf(bucket, 'a')).versions).toHaveLength(2);
      expect(await get(bucket, 'a', 'null')).toBe('null two');

      const marker = await s3.client.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'a' }));

      expect(marker).toMatchObject({ DeleteMarker: true, VersionId: 'null' });
      expect((await versionsOf(bucket, 'a')).versions).toEqual([{ VersionId, IsLatest: false }]);
    });

    check('of a suspended bucket keep their ids, and the null one goes by its id for good', async () => {
      const bucket = await newBucket('Enabled');
      const { VersionId } = await put(bucket, 'a', 'versioned');
      await setVersioning(bucket, 'Suspended');
      const nulled = await put(bucket, 'a', 'null one');
      const remove = (id: string | undefined) =>
        s3.client.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'a', VersionId: id }));

      expect([nulled.VersionId ?? 'null', await get(bucket, 'a')]).toEqual(['null', 'null one']);
      await remove('null');
      expect(await get(bucket, 'a')).toBe('versioned');
      expect(await failure(get(bucket, 'a', 'null'))).toBe('NoSuchVersion');
      await remove(VersionId);
      expect(await failure(get(bucket, 'a'))).toBe('NoSuchKey');
    });

    check('of a suspended bucket surface again once the null marker is removed by its id', async () => {
      const bucket = await newBucket('Enabled');
      await put(bucket, 'a', 'versioned');
      await setVersioning(bucket, 'Suspended');
      await s3.client.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'a' }));
      expect(await failure(get(bucket, 'a'))).toBe('NoSuchKey');

      await s3.client.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'a', VersionId: 'null' }));

      expect(await get(bucket, 'a')).toBe('versioned');
    });

    check('of a suspended bucket: a put replaces the null marker, and an older null version', async () => {
      const bucket = await newBucket();
      await put(bucket, 'a', 'before');
      await setVersioning(bucket, 'Enabled');
      const { VersionId } = await put(bucket, 'a', 'versioned');
      await setVersioning(bucket, 'Suspended');
      await put(bucket, 'a', 'after');
      await s3.client.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'a' }));
      await put(bucket, 'a', 'last');

      const { markers, versions } = await versionsOf(bucket, 'a');

      expect(markers).toEqual([]);
      expect(versions).toEqual([
        { VersionId: 'null', IsLatest: true },
        { VersionId, IsLatest: false },
      ]);
      expect(await get(bucket, 'a', 'null')).toBe('last');
    });

    check('that are delete markers are MethodNotAllowed, and no source of a copy', async () => {
      const bucket = await newBucket('Enabled');
      await put(bucket, 'a', 'a');
      const { VersionId } = await s3.client.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'a' }));
      const CopySource = source(bucket, 'a', VersionId);

      expect(await failure(get(bucket, 'a', VersionId))).toBe('MethodNotAllowed');
      expect(await failure(copy(bucket, 'a', 'b', { CopySource }))).toBe('InvalidRequest');
    });

    check('are told by the bucket: never, Enabled, Suspended', async () => {
      const bucket = await newBucket();
      const status = async () =>
        (await s3.client.send(new GetBucketVersioningCommand({ Bucket: bucket }))).Status;
      const seen = [await status()];
      for (const next of ['Enabled', 'Suspended'] as const) {
        await setVersioning(bucket, next);
        seen.push(await status());
      }

      expect(seen).toEqual([undefined, 'Enabled', 'Suspended']);
    });
  });
}
