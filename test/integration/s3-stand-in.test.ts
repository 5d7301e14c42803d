import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { S3Error } from '../../src/local/s3/s3-error.ts';
import { type S3StandIn, startS3 } from '../../src/local/s3/start-s3.ts';
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

  it('answers 501 to what it does not know, never success', async () => {
    const answer = await fetch(`${standIn.endpoint}/some-bucket?replication`);

    expect(answer.status).toBe(501);
    expect(await answer.text()).toContain('<Code>NotImplemented</Code>');
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
