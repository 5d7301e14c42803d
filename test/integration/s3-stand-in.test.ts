import { randomBytes } from 'node:crypto';
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteObjectCommand,
  GetBucketReplicationCommand,
  GetObjectCommand,
  ListObjectsCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FaultKind } from '../../src/local/s3/faults.ts';
import { S3Error } from '../../src/local/s3/s3-error.ts';
import { type S3StandIn, startS3 } from '../../src/local/s3/start-s3.ts';
import { bytesContent } from '../../src/local/s3/store/content.ts';
import { describeS3 } from '../support/s3-conformance.ts';

let standIn: S3StandIn;
const clientOf = (maxAttempts: number) =>
  new S3Client({
    region: 'us-east-1',
    endpoint: standIn.endpoint,
    forcePathStyle: true,
    maxAttempts,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });

const deny = (bucket: string, action: string) => standIn.store.bucket(bucket).denials.push({ action });

beforeAll(async () => {
  standIn = await startS3();
});
afterAll(() => standIn.close());

describeS3('the stand-in', async () => {
  const client = clientOf(3);
  return {
    client,
    createBucket: async (name, { objectLock }) => {
      await client.send(new CreateBucketCommand({ Bucket: name, ObjectLockEnabledForBucket: objectLock }));
    },
  };
});

describe('the S3 stand-in', () => {
  it.each([
    ['slow-down', 'SlowDown'],
    ['internal-error', 'InternalError'],
    ['access-denied', 'AccessDenied'],
    [new S3Error('NotImplemented'), 'NotImplemented'],
  ] as const)('fails as told, as often as told: %s', async (kind, name) => {
    standIn.store.createBucket(`faults-${name.toLowerCase()}`);
    const put = () =>
      clientOf(1).send(new PutObjectCommand({ Bucket: `faults-${name.toLowerCase()}`, Key: 'a', Body: 'a' }));
    const when = ({ bucket }: { bucket: string }) => bucket === `faults-${name.toLowerCase()}`;
    standIn.faults.inject({ kind, when, times: 1 });

    await expect(put()).rejects.toMatchObject({ name });
    await expect(put()).resolves.toBeDefined();
  });

  it('does what is asked although the answer is lost', async () => {
    const bucket = standIn.store.createBucket('lost');
    standIn.faults.inject({ kind: 'lost-response', when: ({ bucket: name }) => name === 'lost', times: 1 });

    await expect(
      clientOf(1).send(new PutObjectCommand({ Bucket: 'lost', Key: 'a', Body: 'a' })),
    ).rejects.toThrow(/./);

    expect(bucket.objects.get('a')).toHaveLength(1);
  });

  it.each<[string, (client: S3Client) => Promise<unknown>]>([
    ['an operation', (client) => client.send(new GetBucketReplicationCommand({ Bucket: 'some-bucket' }))],
    [
      'listings of the first kind',
      (client) => client.send(new ListObjectsCommand({ Bucket: 'some-bucket' })),
    ],
    [
      'versions by a delimiter',
      (client) => client.send(new ListObjectVersionsCommand({ Bucket: 'some-bucket', Delimiter: '/' })),
    ],
  ])('answers 501 to what it does not know, never success: %s', async (_, call) => {
    await expect(call(clientOf(1))).rejects.toMatchObject({
      name: 'NotImplemented',
      $metadata: { httpStatusCode: 501 },
    });
  });

  it('breaks off, answers errors with 200, and answers otherwise, as told', async () => {
    standIn.store.createBucket('odd');
    const client = clientOf(1);
    await client.send(new PutObjectCommand({ Bucket: 'odd', Key: 'a', Body: 'abcdef' }));
    const get = async () =>
      (await client.send(new GetObjectCommand({ Bucket: 'odd', Key: 'a' }))).Body?.transformToString();
    const CopySource = 'odd/a';
    const copy = () => client.send(new CopyObjectCommand({ Bucket: 'odd', Key: 'b', CopySource }));
    const once = (kind: FaultKind) =>
      standIn.faults.inject({ kind, when: ({ bucket }) => bucket === 'odd', times: 1 });

    once('broken-body');
    await expect(get()).rejects.toThrow(/./);
    once({ in200: new S3Error('InvalidPart') });
    await expect(copy()).rejects.toMatchObject({ name: 'InvalidPart' });
    once({ alter: (answer) => ({ ...answer, content: bytesContent(Buffer.from('ABCDEF')), headers: {} }) });
    expect(await get()).toBe('ABCDEF');
    expect(await get()).toBe('abcdef');
  });

  const foreign = '999988887777';
  const encrypted = { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: 'their-key' } as const;

  it.each<[string, (name: string) => void, Partial<PutObjectCommandInput>, string, RegExp]>([
    [
      'a denied action',
      (name) => deny(name, 's3:GetObject'),
      {},
      'AccessDenied',
      /^User: \S+ is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::kept-\w+\/a" because /,
    ],
    [
      'another region',
      (name) => Object.assign(standIn.store.bucket(name), { region: 'eu-west-1' }),
      {},
      'PermanentRedirect',
      /endpoint/,
    ],
    [
      'a requester who does not pay',
      (name) => Object.assign(standIn.store.bucket(name), { owner: foreign, requesterPays: true }),
      {},
      'AccessDenied',
      /^Access Denied$/,
    ],
    [
      'a disabled key',
      () => standIn.store.keys.set('their-key', 'disabled'),
      encrypted,
      'KMS.DisabledException',
      /is disabled/,
    ],
    [
      'a key that is being deleted',
      () => standIn.store.keys.set('their-key', 'pending-deletion'),
      encrypted,
      'KMS.KMSInvalidStateException',
      /pending deletion/,
    ],
    [
      'a key that is gone',
      () => standIn.store.keys.set('their-key', 'absent'),
      encrypted,
      'KMS.NotFoundException',
      /does not exist/,
    ],
    [
      'a key that may not be used',
      () => standIn.store.keys.set('their-key', 'denied'),
      encrypted,
      'AccessDenied',
      /^User: \S+ is not authorized to perform: kms:Decrypt on resource: their-key because /,
    ],
    [
      'a key of which nothing is told',
      () => standIn.store.keys.set('their-key', 'hidden'),
      encrypted,
      'AccessDenied',
      /^The ciphertext refers to a customer master key that does not exist,/,
    ],
  ])('keeps an object from being read and copied by %s', async (_, arrange, how, name, message) => {
    const bucket = standIn.store.createBucket(`kept-${randomBytes(4).toString('hex')}`).name;
    standIn.store.createBucket(`to-${bucket}`);
    const client = clientOf(1);
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: 'a', Body: 'a', ...how }));
    arrange(bucket);
    const copy = new CopyObjectCommand({ Bucket: `to-${bucket}`, Key: 'a', CopySource: `${bucket}/a` });

    await expect(client.send(new GetObjectCommand({ Bucket: bucket, Key: 'a' }))).rejects.toMatchObject({
      name,
      message: expect.stringMatching(message),
    });
    if (name !== 'PermanentRedirect') await expect(client.send(copy)).rejects.toMatchObject({ name });
    standIn.store.keys.clear();
  });

  it('answers AccessDenied about an absent object to callers who may not list the bucket', async () => {
    const { name } = standIn.store.createBucket('unlisted');
    const get = () => clientOf(1).send(new GetObjectCommand({ Bucket: name, Key: 'none' }));
    await expect(get()).rejects.toMatchObject({ name: 'NoSuchKey' });
    deny(name, 's3:ListBucket');

    await expect(get()).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it('wants a second factor for deletes by id, and for no others', async () => {
    const bucket = standIn.store.createBucket('factor', { versioning: 'enabled' });
    bucket.mfaDelete = true;
    const client = clientOf(1);
    const { VersionId } = await client.send(new PutObjectCommand({ Bucket: 'factor', Key: 'a', Body: 'a' }));
    const remove = (id?: string) =>
      client.send(new DeleteObjectCommand({ Bucket: 'factor', Key: 'a', VersionId: id }));

    await expect(remove(VersionId)).rejects.toThrow('Mfa Authentication must be used for this request');
    await expect(remove()).resolves.toMatchObject({ DeleteMarker: true });
  });

  it('refuses what is archived', async () => {
    const bucket = standIn.store.createBucket('archive');
    await clientOf(1).send(
      new PutObjectCommand({ Bucket: 'archive', Key: 'a', Body: 'a', StorageClass: 'DEEP_ARCHIVE' }),
    );

    expect(bucket.objects.get('a')?.[0]?.storageClass).toBe('DEEP_ARCHIVE');
    await expect(
      clientOf(1).send(new GetObjectCommand({ Bucket: 'archive', Key: 'a' })),
    ).rejects.toMatchObject({ name: 'InvalidObjectState' });
  });
});
