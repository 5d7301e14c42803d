import { createHash } from 'node:crypto';
import {
  CopyObjectCommand,
  type CopyObjectCommandInput,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { beforeAll, it } from 'vitest';

export interface S3UnderTest {
  readonly client: S3Client;
  createBucket(name: string, options: { readonly objectLock: boolean }): Promise<void>;
}

export const mib = 1024 ** 2;
export const md5 = (text: string) => createHash('md5').update(text).digest('hex');
export const quotedMd5 = (text: string) => `"${md5(text)}"`;

export type Cases = ReturnType<typeof createCases>;

/** What every case needs. Must be called where tests are collected. */
export function createCases(open: () => Promise<S3UnderTest>, knownToDiffer: ReadonlySet<string>) {
  let s3: S3UnderTest;
  let buckets = 0;
  const prefix = `conformance-${Date.now().toString(36)}`;
  beforeAll(async () => {
    s3 = await open();
  });

  const setVersioning = (bucket: string, Status: 'Enabled' | 'Suspended') =>
    s3.client.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status } }));
  const source = (bucket: string, key: string, version?: string) =>
    [bucket, ...key.split('/')].map(encodeURIComponent).join('/') +
    (version === undefined ? '' : `?versionId=${version}`);

  return {
    get client() {
      return s3.client;
    },
    absentBucket: `${prefix}-none`,
    setVersioning,
    source,
    async newBucket(kind?: 'Enabled' | 'Suspended' | 'object lock'): Promise<string> {
      buckets += 1;
      const bucket = `${prefix}-${buckets}`;
      await s3.createBucket(bucket, { objectLock: kind === 'object lock' });
      if (kind === 'Enabled' || kind === 'Suspended') await setVersioning(bucket, kind);
      return bucket;
    },
    put: (Bucket: string, Key: string, Body: string, more: Partial<PutObjectCommandInput> = {}) =>
      s3.client.send(new PutObjectCommand({ Bucket, Key, Body, ...more })),
    async get(Bucket: string, Key: string, VersionId?: string) {
      const answer = await s3.client.send(new GetObjectCommand({ Bucket, Key, VersionId }));
      return answer.Body?.transformToString();
    },
    head: (Bucket: string, Key: string, VersionId?: string) =>
      s3.client.send(new HeadObjectCommand({ Bucket, Key, VersionId, ChecksumMode: 'ENABLED' })),
    copy: (Bucket: string, from: string, Key: string, more: Partial<CopyObjectCommandInput> = {}) =>
      s3.client.send(new CopyObjectCommand({ Bucket, Key, CopySource: source(Bucket, from), ...more })),
    async versionsOf(Bucket: string, Prefix: string) {
      const answer = await s3.client.send(new ListObjectVersionsCommand({ Bucket, Prefix }));
      return {
        versions: (answer.Versions ?? []).map(({ VersionId, IsLatest }) => ({ VersionId, IsLatest })),
        markers: (answer.DeleteMarkers ?? []).map(({ VersionId, IsLatest }) => ({ VersionId, IsLatest })),
      };
    },
    /** The name of the error that a call ends in. */
    async failure(call: Promise<unknown>): Promise<string> {
      try {
        await call;
      } catch (error) {
        return error instanceof Error ? error.name : String(error);
      }
      return 'no failure';
    },
    /** A case that this store is known to fail must fail, so that the list of those stays true. */
    check(title: string, test: () => Promise<void>) {
      const run = knownToDiffer.has(title) ? it.fails : it;
      run(title, test);
    },
  };
}
