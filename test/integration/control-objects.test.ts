import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createControlObjects } from '../../src/aws/s3/isolation/control-objects.ts';
import { rememberDates } from '../../src/aws/sdk/answer-date.ts';
import { pinnedOfS3 } from '../../src/aws/sdk/pinned.ts';
import { IsolationFaultError, RetryableError } from '../../src/core/errors.ts';
import { createLimits } from '../../src/core/valve/limits.ts';
import { createSharedClock } from '../../src/core/valve/shared-clock.ts';
import { createValve, type Valve } from '../../src/core/valve/valve.ts';
import { type S3StandIn, startS3 } from '../../src/local/s3/start-s3.ts';
import { inTheMiddleOfAnHour } from '../support/middle-of-hour.ts';

const bucket = 'isolation';
const owner = '000000000000';
const clock = inTheMiddleOfAnHour();
let standIn: S3StandIn;
let client: S3Client;

beforeAll(async () => {
  standIn = await startS3({ now: clock });
  client = new S3Client({
    ...pinnedOfS3,
    maxAttempts: 1,
    region: 'us-east-1',
    endpoint: standIn.endpoint,
    forcePathStyle: true,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  rememberDates(client);
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
});
afterAll(async () => {
  client.destroy();
  await standIn.close();
});

const objects = () =>
  createControlObjects({
    client,
    bucket,
    owner,
    destination: (key) => ({ Bucket: bucket, Key: key, ExpectedBucketOwner: owner }),
  });
const stepAside = (attempt: number) =>
  new Promise<void>((resolve) => {
    setTimeout(resolve, Math.random() * Math.min(1_000, 10 * 2 ** attempt));
  });
const put = (key: string, text: string) =>
  client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: text }));
const failNext = (kind: 'access-denied' | 'internal-error') =>
  standIn.faults.inject({ kind, when: (call) => call.bucket === bucket, times: 1 });

describe('a control object', () => {
  test('that is absent is answered with S3’s time in whole seconds', async () => {
    const before = clock().getTime();
    const { at, found } = await objects().read('control/none.json');
    expect(found).toBeUndefined();
    expect(at.getMilliseconds()).toBe(0);
    expect(Math.abs(at.getTime() - before)).toBeLessThan(60_000);
  });

  test('is created once', async () => {
    const written = await objects().write('control/new.json', '{}', undefined);
    const read = await objects().read('control/new.json');
    expect(read.found).toMatchObject({ text: '{}', lastModified: expect.any(Date) as Date });
    expect(written).toMatchObject({ kind: 'written', eTag: read.found?.eTag });
    expect(await objects().write('control/new.json', '[]', undefined)).toEqual({ kind: 'conflict' });
  });

  test('is changed only while it is the one that was read', async () => {
    await put('control/changed.json', 'one');
    const seen = await objects().read('control/changed.json');
    expect(await objects().write('control/changed.json', 'two', seen.found?.eTag)).toMatchObject({
      kind: 'written',
    });
    expect(await objects().write('control/changed.json', 'three', seen.found?.eTag)).toEqual({
      kind: 'conflict',
    });
    expect((await objects().read('control/changed.json')).found?.text).toBe('two');
  });

  test('that was removed since it was read is a conflict', async () => {
    expect(await objects().write('control/removed.json', '{}', 'd41d8cd98f00b204e9800998ecf8427e')).toEqual({
      kind: 'conflict',
    });
  });

  test('that is refused is a fault of the isolation side', async () => {
    failNext('access-denied');
    await expect(objects().read('control/new.json')).rejects.toBeInstanceOf(IsolationFaultError);
    failNext('access-denied');
    await expect(objects().write('control/x.json', '{}', undefined)).rejects.toBeInstanceOf(
      IsolationFaultError,
    );
  });

  test('that is answered without a date has the time that follows from the answers before it', async () => {
    const ahead = 3 * 3_600_000;
    const dated = (date: string) =>
      standIn.faults.inject({
        kind: { alter: (answer) => ({ ...answer, headers: { ...answer.headers, date } }) },
        when: (call) => call.bucket === bucket,
        times: 1,
      });
    const control = objects();
    dated('no date');
    const own = await control.read('control/new.json');
    dated(new Date(Date.now() + ahead).toUTCString());
    await control.read('control/new.json');
    dated('no date');
    const { at } = await control.read('control/new.json');
    expect(Math.abs(own.at.getTime() - Date.now())).toBeLessThan(600_000);
    expect(Math.abs(at.getTime() - Date.now() - ahead)).toBeLessThan(600_000);
  });

  test('that is too large for any order counts as damaged, and is not read', async () => {
    await put('control/large.json', `"${'x'.repeat(64 * 1024)}"`);
    expect((await objects().read('control/large.json')).found).toMatchObject({ text: '' });
  });

  test('that S3 does not give now is asked for later', async () => {
    failNext('internal-error');
    const failing = objects().read('control/new.json');
    await expect(failing).rejects.toBeInstanceOf(RetryableError);
    await expect(failing).rejects.not.toBeInstanceOf(IsolationFaultError);
  });
});

test('ten workers with five hundred findings isolate what the budget allows, over HTTP', async () => {
  const valve = (): Valve =>
    createValve({
      objects: objects(),
      perHour: 200,
      alertSpent: async () => undefined,
      clock: createSharedClock(() => performance.now()),
      stepAside,
    });
  const workers = Array.from({ length: 10 }, valve);
  await Promise.all(workers.map((worker) => worker.refresh()));
  const taken = await Promise.all(
    workers.map(async (worker) => {
      const units = await Promise.all(Array.from({ length: 50 }, () => worker.take()));
      return units.filter((unit) => unit !== undefined).length;
    }),
  );
  const sum = taken.reduce((total, count) => total + count, 0);
  expect(sum).toBeLessThanOrEqual(200);
  expect(sum).toBeGreaterThanOrEqual(200 - 10 * 2);
});

test('ten workers with five hundred findings isolate exactly what a limit allows, over HTTP', async () => {
  const limit = { of: 'rule', name: 'few', perHour: 120 } as const;
  const limits = () => {
    const shared = createSharedClock(() => performance.now());
    shared.heard(clock());
    return createLimits({ objects: objects(), clock: shared, stepAside });
  };
  const workers = Array.from({ length: 10 }, limits);
  const taken = await Promise.all(
    workers.map(async (worker) => {
      const units = await Promise.all(Array.from({ length: 50 }, () => worker.take(limit)));
      return units.filter((unit) => unit !== undefined).length;
    }),
  );
  expect(taken.reduce((total, count) => total + count, 0)).toBe(120);
});
