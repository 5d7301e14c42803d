import { randomUUID } from 'node:crypto';
import { DeleteObjectCommand, GetObjectTaggingCommand } from '@aws-sdk/client-s3';
import { Network, type StartedNetwork, Wait } from 'testcontainers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { findingAbout, type Uploaded } from '../support/uploaded.ts';
import {
  isolationBucket,
  type LocalStack,
  startLocalStack,
  workerEnvironment,
} from './support/local-stack.ts';
import { startWorkerContainer, type WorkerContainer } from './support/worker-container.ts';

const mib = 1024 ** 2;
const secret = 'name,ssn\nJane Doe,078-05-1120\n';

const environment = {
  ...workerEnvironment,
  MULTIPART_THRESHOLD_BYTES: String(5 * mib),
  MULTIPART_PART_BYTES: String(5 * mib),
  // LocalStack hands messages to long polls that were broken off.
  VISIBILITY_TIMEOUT_SECONDS: '5',
  // As without a policy, but for findings of severity Low.
  POLICY: JSON.stringify({
    version: 1,
    rules: [
      { name: 'high-severity', when: { severity: 'High' }, action: 'isolate' },
      { name: 'in-place', when: { severity: 'Low' }, action: 'fence' },
    ],
    default: 'alert',
  }),
};

let network: StartedNetwork;
let aws: LocalStack;
let worker: WorkerContainer;

beforeAll(async () => {
  network = await new Network().start();
  aws = await startLocalStack(network);
  worker = await startWorkerContainer({
    network,
    environment,
    waitStrategy: Wait.forHttp('/readyz', 8080),
  });
});
afterAll(async () => {
  await worker?.close();
  await aws?.close();
  await network?.stop();
});

/** Through the event bus and the rule; answers what was recorded about it. */
async function handle(object: Uploaded, overrides: Record<string, unknown> = {}) {
  const finding = findingAbout(object, overrides);
  await aws.put(finding);
  return aws.recorded(finding.id);
}

describe('an object with a finding of severity High', () => {
  it.each([
    [undefined, 'small.csv', secret],
    ['Enabled', 'small.csv', secret],
    [undefined, 'large.csv', 'x'.repeat(12 * mib)],
    ['Enabled', 'large.csv', 'x'.repeat(12 * mib)],
  ] as const)('is isolated: versioning %s, %s', async (versioning, key, body) => {
    const bucket = await aws.bucket(versioning);
    const object = await aws.upload(bucket, key, body, { Metadata: { owner: 'payroll' } });
    const record = await handle(object);

    expect(record).toMatchObject({ outcome: 'isolated', bucket, key, alert_result: 'sent' });
    expect(await aws.text(isolationBucket, record.isolation_key ?? '')).toBe(body);
    expect(await aws.versions(bucket, key)).toEqual([]);
  });

  it('is isolated by its version, and no older one comes to light', async () => {
    const bucket = await aws.bucket('Enabled');
    const older = await aws.upload(bucket, 'a.csv', 'an older report');
    const flagged = await aws.upload(bucket, 'a.csv', secret);
    const record = await handle(flagged);

    expect(record).toMatchObject({ outcome: 'isolated', removed_versions: [flagged.versionId] });
    expect(await aws.text(bucket, 'a.csv', older.versionId)).toBe('an older report');
    await expect(aws.text(bucket, 'a.csv')).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  it.each([
    'with space+plus',
    'per%2Fcent?mark#hash',
    'a//b/../c',
    '../../up',
    '顧客/🏥 é',
    'tab\tand carriage\rreturn',
    'é'.repeat(512),
  ])('is isolated whatever its key is: %j', async (key) => {
    const bucket = await aws.bucket('Enabled');
    const record = await handle(await aws.upload(bucket, key, secret));

    expect(record).toMatchObject({ outcome: 'isolated', key });
    expect(await aws.text(isolationBucket, record.isolation_key ?? '')).toBe(secret);
    expect(await aws.versions(bucket, key)).toEqual([]);
  });

  it('was isolated already, where a second finding names it', async () => {
    const object = await aws.upload(await aws.bucket(), 'a.csv', secret);

    expect((await handle(object)).outcome).toBe('isolated');
    expect((await handle(object)).outcome).toBe('already_isolated');
  });

  it('stays where other bytes lie there now', async () => {
    const bucket = await aws.bucket();
    const object = await aws.upload(bucket, 'a.csv', secret);
    await aws.upload(bucket, 'a.csv', 'a new report');

    expect((await handle(object)).outcome).toBe('changed');
    expect(await aws.text(bucket, 'a.csv')).toBe('a new report');
  });

  it('ends as gone if somebody removed the object', async () => {
    const bucket = await aws.bucket();
    const object = await aws.upload(bucket, 'a.csv', secret);
    await aws.s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'a.csv' }));

    expect((await handle(object)).outcome).toBe('gone');
  });
});

describe('an object that its rule fences', () => {
  it.each([undefined, 'Enabled'] as const)(
    'stays, and gets the tag of the fence beside its own: versioning %s',
    async (versioning) => {
      const bucket = await aws.bucket(versioning);
      const object = await aws.upload(bucket, 'a.csv', secret, { Tagging: 'team=hr' });
      const record = await handle(object, { severity: { score: 1, description: 'Low' } });
      const { TagSet } = await aws.s3.send(new GetObjectTaggingCommand({ Bucket: bucket, Key: 'a.csv' }));

      // LocalStack evaluates no policy, so nothing proves that the tag denies anything.
      expect(record).toMatchObject({ outcome: 'alerted', policy_rule: 'in-place', fence: 'tagged' });
      expect(TagSet).toHaveLength(2);
      expect(TagSet).toEqual(
        expect.arrayContaining([
          { Key: 'team', Value: 'hr' },
          { Key: 'isolator-fenced', Value: record.finding_id },
        ]),
      );
    },
  );
});

describe('other messages', () => {
  it('people are alerted of a finding of severity Medium, and the object stays', async () => {
    const bucket = await aws.bucket();
    const object = await aws.upload(bucket, 'a.csv', secret);
    const record = await handle(object, { severity: { score: 2, description: 'Medium' } });

    expect(record).toMatchObject({ outcome: 'alerted', alert_result: 'sent' });
    expect(await aws.text(bucket, 'a.csv')).toBe(secret);
    const alerts = await aws.alerts();
    expect(alerts.filter(({ findingId }) => findingId === record.finding_id)).toMatchObject([
      { severity: 'Medium', subject: expect.stringContaining('Sensitive data found') },
    ]);
  });

  it('samples come through the rule, and are ignored', async () => {
    const bucket = await aws.bucket();
    const object = await aws.upload(bucket, 'a.csv', secret);
    const sample = findingAbout(object, { sample: true });
    await aws.put(sample);

    expect(await aws.recorded(sample.id)).toMatchObject({ outcome: 'ignored', reason: 'sample' });
    expect(await aws.text(bucket, 'a.csv')).toBe(secret);
  });

  it('a message that cannot be read is rejected: parked with its reason', async () => {
    const body = `not a finding ${randomUUID()}`;
    await aws.send(body);

    const parked = await eventually(async () => (await aws.parked()).find((each) => each.body === body));
    expect(parked).toMatchObject({ outcome: 'rejected', reason: 'not-json' });
  });
});

describe('a store that knows no conditional delete', () => {
  it('keeps the object, and parks the finding, unless told otherwise', async () => {
    const strict = { ...environment, UNCONDITIONAL_DELETE: 'never' };
    await worker.signal('SIGTERM');
    await worker.exited();
    const other = await startWorkerContainer({ network, environment: strict });
    try {
      const bucket = await aws.bucket();
      const record = await handle(await aws.upload(bucket, 'a.csv', secret));

      expect(record).toMatchObject({ outcome: 'retained', reason: 'conditional-delete-unsupported' });
      expect(await aws.text(bucket, 'a.csv')).toBe(secret);
      expect(await aws.text(isolationBucket, record.isolation_key ?? '')).toBe(secret);
    } finally {
      await other.close();
      await worker.start();
    }
  });
});
