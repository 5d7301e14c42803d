import { createHash } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  type ChecksumAlgorithm,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  ListPartsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { beforeAll, describe, expect, it } from 'vitest';

export interface S3UnderTest {
  readonly client: S3Client;
  createBucket(name: string): Promise<void>;
}

export interface ConformanceOptions {
  /** Names of cases that this store is known to fail; each must fail, so that the list stays true. */
  readonly knownToDiffer?: readonly string[];
}

const mib = 1024 ** 2;
const md5 = (text: string) => createHash('md5').update(text).digest('hex');
const quotedMd5 = (text: string) => `"${md5(text)}"`;

/** What this product relies on in S3, asked of any store that claims to be one. */
export function describeS3(
  name: string,
  open: () => Promise<S3UnderTest>,
  options: ConformanceOptions = {},
): void {
  const known = new Set(options.knownToDiffer);
  let s3: S3UnderTest;
  let buckets = 0;
  const prefix = `conformance-${Date.now().toString(36)}`;

  const newBucket = async (versioning?: 'Enabled' | 'Suspended'): Promise<string> => {
    buckets += 1;
    const bucket = `${prefix}-${buckets}`;
    await s3.createBucket(bucket);
    if (versioning) await setVersioning(bucket, versioning);
    return bucket;
  };
  const setVersioning = (bucket: string, Status: 'Enabled' | 'Suspended') =>
    s3.client.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status } }));
  const put = (Bucket: string, Key: string, Body: string, more: Partial<PutObjectCommandInput> = {}) =>
    s3.client.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
  const get = async (Bucket: string, Key: string, VersionId?: string) =>
    (await s3.client.send(new GetObjectCommand({ Bucket, Key, VersionId }))).Body?.transformToString();
  const head = (Bucket: string, Key: string, VersionId?: string) =>
    s3.client.send(new HeadObjectCommand({ Bucket, Key, VersionId, ChecksumMode: 'ENABLED' }));
  const failure = async (call: Promise<unknown>): Promise<string> => {
    try {
      await call;
    } catch (error) {
      return error instanceof Error ? error.name : String(error);
    }
    return 'no failure';
  };
  const versionsOf = async (Bucket: string, Prefix: string) => {
    const answer = await s3.client.send(new ListObjectVersionsCommand({ Bucket, Prefix }));
    return {
      versions: (answer.Versions ?? []).map(({ VersionId, IsLatest }) => ({ VersionId, IsLatest })),
      markers: (answer.DeleteMarkers ?? []).map(({ VersionId, IsLatest }) => ({ VersionId, IsLatest })),
    };
  };
  const source = (bucket: string, key: string, version?: string) =>
    [bucket, ...key.split('/')].map(encodeURIComponent).join('/') +
    (version === undefined ? '' : `?versionId=${version}`);

  const check = (title: string, test: () => Promise<void>) => {
    const run = known.has(title) ? it.fails : it;
    run(title, test);
  };

  describe(`S3 as this product relies on it: ${name}`, () => {
    beforeAll(async () => {
      s3 = await open();
    });

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
        expect(await failure(get(`${prefix}-none`, 'a'))).toBe('NoSuchBucket');
        expect(await failure(s3.client.send(new HeadBucketCommand({ Bucket: `${prefix}-none` })))).toBe(
          'NotFound',
        );
      });

      check('have hard keys, taken as they are', async () => {
        const bucket = await newBucket();
        for (const key of [
          'with space+plus',
          'per%2Fcent?mark#hash',
          'a//b',
          '../../up',
          '顧客/🏥',
          'tab\tand\u0001',
          'é'.repeat(512),
        ]) {
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
  });
}
