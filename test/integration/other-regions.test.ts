import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { HeadObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bucketOf, uploadAs } from '../support/account-objects.ts';
import { startWorld, type World } from '../support/world.ts';

const mib = 1024 ** 2;
const there = 'eu-west-1';
const member = '111122223333';
const role = 'macie-isolator-member';
const secret = 'name,ssn\nJane Doe,078-05-1120\n';

let world: World;
beforeAll(async () => {
  world = await startWorld({
    env: {
      ALLOWED_SOURCE_REGIONS: `us-east-1,${there}`,
      MEMBER_ROLE_NAME: role,
      MULTIPART_THRESHOLD_BYTES: String(5 * mib),
      MULTIPART_PART_BYTES: String(5 * mib),
    },
  });
  world.aws.sts.allow({ name: role, accountId: member });
});
afterAll(() => world.close());

/** An object of the member account in this region, and the end of a finding about it. */
async function handle(
  region: string,
  body: string,
  versioning: 'never' | 'enabled' = 'never',
  named = region,
) {
  const bucket = bucketOf(world, member, versioning, region);
  const object = await uploadAs(world, member, bucket, 'hr/pay.csv', body);
  const finding = world.finding(object, { accountId: member, region: named });
  await world.put(finding);
  await world.untilSettled(finding.id);
  return { id: finding.id, bucket, object };
}

const operationsAt = (bucket: string) =>
  new Set(
    world.aws.s3.requests.filter((request) => request.bucket === bucket).map(({ operation }) => operation),
  );

describe('a finding of another region that ALLOWED_SOURCE_REGIONS names', () => {
  it.each(['never', 'enabled'] as const)(
    'is isolated (versioning %s): asked there, copied here',
    async (versioning) => {
      const { id, bucket, object } = await handle(there, secret, versioning);

      const record = world.record(id, 'isolated');
      expect(record).toMatchObject({ region: there, account_id: member, bucket });
      expect(world.text(world.isolationBucket, record?.isolation_key ?? '')).toBe(secret);
      expect(world.text(bucket, object.key)).toBeUndefined();
    },
  );

  it('is isolated in parts', async () => {
    const body = 'x'.repeat(12 * mib);
    const { id, bucket, object } = await handle(there, body);

    const record = world.record(id, 'isolated');
    expect(world.text(world.isolationBucket, record?.isolation_key ?? '')).toBe(body);
    expect(world.text(bucket, object.key)).toBeUndefined();
    expect(operationsAt(world.isolationBucket)).toContain('UploadPartCopy');
  });

  it('uses one session of the member role for both regions', async () => {
    await handle('us-east-1', secret);

    expect(world.aws.sts.calls.filter(({ roleArn }) => roleArn.includes(`:${member}:`))).toHaveLength(1);
  });

  it('is refused where the finding names a region in which the bucket is not', async () => {
    const { id, bucket, object } = await handle('us-east-1', secret, 'never', there);

    expect(world.record(id, 'refused')).toMatchObject({ reason: 'cross-region' });
    expect(world.text(bucket, object.key)).toBe(secret);
  });

  it('is refused where the region is not allowed, without a call to it', async () => {
    const { id, bucket, object } = await handle('ap-southeast-2', secret);

    expect(world.record(id, 'refused')).toMatchObject({ reason: 'cross-region' });
    expect(world.text(bucket, object.key)).toBe(secret);
    expect(operationsAt(bucket)).toEqual(new Set(['PutObject']));
  });
});

describe('the stand-ins', () => {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };

  it('of S3 refuse a request that is signed for another region than that of the bucket', async () => {
    const bucket = bucketOf(world, '000000000000', 'never', there);
    const s3 = new S3Client({
      region: 'us-east-1',
      endpoint: world.aws.s3.endpoint,
      forcePathStyle: true,
      credentials,
    });

    await expect(s3.send(new HeadObjectCommand({ Bucket: bucket, Key: 'a' }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 301 },
    });
    s3.destroy();
  });

  it('of S3 refuse another account the bucket', async () => {
    const bucket = bucketOf(world, member);
    const other = world.aws.sts.accessKeyOf('999900001111');
    const s3 = new S3Client({
      region: 'us-east-1',
      endpoint: world.aws.s3.endpoint,
      forcePathStyle: true,
      credentials: { ...credentials, accessKeyId: other },
    });

    await expect(s3.send(new HeadObjectCommand({ Bucket: bucket, Key: 'a' }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 403 },
    });
    s3.destroy();
  });

  it.each([
    ['another region', there, undefined, 'InvalidSignatureException'],
    ['another bus', 'us-east-1', 'arn:aws:events:us-east-1:000000000000:event-bus/other', undefined],
  ] as const)('of EventBridge refuse an event to %s', async (_, region, bus, error) => {
    const { busArn, endpoint, accepted } = world.aws.events;
    const client = new EventBridgeClient({ region, endpoint, credentials, maxAttempts: 1 });
    const Entries = [{ EventBusName: bus ?? busArn, Source: 'test', DetailType: 'Test', Detail: '{}' }];

    const answer = await client.send(new PutEventsCommand({ Entries })).catch((fault: Error) => fault.name);

    expect(answer).toEqual(error ?? expect.objectContaining({ FailedEntryCount: 1 }));
    expect(accepted.filter(({ source }) => source === 'test')).toEqual([]);
    client.destroy();
  });
});
