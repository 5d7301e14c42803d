import { PurgeQueueCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import type { S3Request } from '../../src/local/s3/http/http-request.ts';
import { S3Error } from '../../src/local/s3/s3-error.ts';
import { eventually } from '../support/eventually.ts';
import { startBesides, type World } from '../support/world.ts';
import { worldsOfEachTest } from '../support/worlds.ts';

const open = worldsOfEachTest();

const ready = async (world: World) => (await fetch(`http://127.0.0.1:${world.port}/readyz`)).status === 200;
const live = async (world: World) => (await fetch(`http://127.0.0.1:${world.port}/livez`)).status === 200;

async function flagMany(world: World, bucket: string, count: number): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const finding = world.finding(await world.upload(bucket, `${index}.csv`, `secret ${index}`));
    await world.put(finding);
    ids.push(finding.id);
  }
  return ids;
}

const toIsolation = (world: World, operation: string) => (request: S3Request) =>
  request.operation === operation && request.bucket === world.isolationBucket;

describe('a worker that may not list the isolation bucket', () => {
  it('calls no object gone, parks no message, and resumes once the permission is back', async () => {
    const world = await open({ tryEveryMs: 500 });
    const bucket = world.bucket('enabled');
    const gone = Array.from({ length: 6 }, (_, index) => ({
      bucket,
      key: `${index}.csv`,
      sizeBytes: 1,
      versionId: undefined,
      eTag: String(index).repeat(32),
    }));
    const { faults } = world.aws.s3;
    faults.inject({ kind: new S3Error('AccessDenied'), when: toIsolation(world, 'ListObjectsV2') });

    const findings = gone.map((object) => world.finding(object));
    for (const finding of findings) await world.put(finding);
    await world.log.until('isolation_refused', { code: 'AccessDenied' });
    expect(findings.filter(({ id }) => world.record(id, 'gone'))).toEqual([]);
    expect(await world.parked()).toEqual([]);
    faults.clear();
    await Promise.all(findings.map(({ id }) => world.untilSettled(id)));

    expect(findings.filter(({ id }) => world.record(id, 'gone') === undefined)).toEqual([]);
  });
});

/** They differ from call to call. */
const varying: ReadonlySet<string> = new Set(['x-amz-date', 'x-amz-content-sha256', 'x-amz-user-agent']);
const anyCall = [
  'AccessDenied',
  'InvalidRequest',
  'NotImplemented',
  'MethodNotAllowed',
  'NoSuchKey',
] as const;
const notAnObject = {
  CopyObject: [...anyCall, 'EntityTooLarge'],
  PutObject: [...anyCall, 'InvalidTag', 'InvalidDigest'],
} as const;

describe('a worker that may not list the copies alone', () => {
  it('stays halted', async () => {
    const world = await open({ tryEveryMs: 300 });
    const bucket = world.bucket('enabled');
    const { faults } = world.aws.s3;
    faults.inject({
      kind: new S3Error('AccessDenied'),
      when: (request) =>
        toIsolation(world, 'ListObjectsV2')(request) &&
        request.query.get('prefix')?.startsWith('objects/') === true,
    });

    for (let index = 0; index < 8; index += 1) {
      const eTag = String(index).repeat(32);
      await world.put(
        world.finding({ bucket, key: `${index}.csv`, sizeBytes: 1, versionId: undefined, eTag }),
      );
    }
    await world.log.untilCount(3, 'isolation_probe_failed', { code: 'AccessDenied' });
    expect(world.log.lines.filter(({ event }) => event === 'isolation_refused')).toHaveLength(1);
    expect(world.log.lines.filter(({ event }) => event === 'isolation_allowed')).toEqual([]);
    faults.clear();

    await world.log.until('isolation_allowed');
  });
});

describe('a worker whose isolation side refuses', () => {
  it.each(
    Object.entries(notAnObject).flatMap(([operation, codes]) =>
      codes.map((code) => [operation, code] as const),
    ),
  )(
    'parks no message, alerts people once, is not ready, and resumes once the probe succeeds: %s answers %s',
    async (operation, code) => {
      const world = await open({ tryEveryMs: 500 });
      const bucket = world.bucket();
      const { faults } = world.aws.s3;
      faults.inject({ kind: new S3Error(code), when: toIsolation(world, operation) });

      const ids = await flagMany(world, bucket, 8);
      await world.log.until('isolation_refused', { code });
      await eventually(async () => !(await ready(world)));
      expect(await live(world)).toBe(true);
      await world.log.untilCount(2, 'isolation_probe_failed', { code });
      expect(world.copies().filter((key) => key.includes('/.probe@'))).toEqual([]);
      faults.clear();
      await world.log.until('isolation_allowed');
      await Promise.all(ids.map((id) => world.untilSettled(id)));

      expect(await ready(world)).toBe(true);
      expect(ids.filter((id) => world.record(id, 'isolated') === undefined)).toEqual([]);
      expect(ids.flatMap((_, index) => world.versions(bucket, `${index}.csv`))).toEqual([]);
      expect(await world.parked()).toEqual([]);
      const told = (await world.alerts()).filter(({ findingId }) => !ids.includes(findingId));
      expect(told.map(({ subject }) => subject)).toEqual([
        '[macie-isolator] High, account 000000000000: nothing can be isolated',
      ]);
    },
  );

  it('receives nothing meanwhile, and finds out without any message that the fault is mended: three of them', async () => {
    const world = await open({ tryEveryMs: 500 });
    const bucket = world.bucket();
    const { faults } = world.aws.s3;
    const others = await Promise.all([startBesides(world), startBesides(world)]);
    faults.inject({ kind: new S3Error('InvalidRequest'), when: toIsolation(world, 'CopyObject') });
    const logs = [world.log, ...others.map(({ log }) => log)];

    await flagMany(world, bucket, 30);
    await Promise.all(logs.map((log) => log.until('isolation_refused')));
    await Promise.all(logs.map((log) => log.until('isolation_probe_failed')));
    await world.sqs.send(new PurgeQueueCommand({ QueueUrl: world.aws.dataPlane.queueUrl }));
    expect(world.log.lines.filter(({ event }) => event === 'isolation_allowed')).toEqual([]);
    faults.clear();

    await Promise.all(logs.map((log) => log.until('isolation_allowed')));
    await eventually(() => ready(world));
    await Promise.all(others.map(({ worker }) => worker.stop('the end of the test')));
  });

  it('probes with the headers of a real copy, to a key of its own halt', async () => {
    const world = await open({ tryEveryMs: 200, env: { ISOLATION_KMS_KEY_ID: 'isolation-key' } });
    const bucket = world.bucket();
    const { faults } = world.aws.s3;
    const copies: S3Request[] = [];
    faults.inject({
      kind: new S3Error('InvalidRequest'),
      when(request) {
        if (toIsolation(world, 'CopyObject')(request)) copies.push(request);
        return toIsolation(world, 'CopyObject')(request);
      },
    });

    await flagMany(world, bucket, 8);
    await world.log.until('isolation_probe_failed');
    faults.clear();
    await world.log.until('isolation_allowed');

    // The second attempt of each leaves out what the store may not know.
    const namesOf = ({ headers }: S3Request | undefined = { headers: {} } as S3Request) =>
      Object.keys(headers).filter(
        (name) => name.startsWith('x-amz-') && !name.startsWith('x-amz-meta-') && !varying.has(name),
      );
    const isProbe = ({ key }: S3Request) => key.includes('/.probe@');
    const [probe] = copies.filter(isProbe);
    expect(namesOf(probe).sort()).toEqual(namesOf(copies.find((request) => !isProbe(request))).sort());
    expect(probe?.headers['if-none-match']).toBe('*');
    expect(world.keys('control/probe/')).toHaveLength(1);
    expect(world.copies().filter((key) => key.includes('/.probe@'))).toEqual([
      expect.stringMatching(
        new RegExp(`^objects/000000000000/${world.isolationBucket}/\\.probe@\\d{8}T\\d{6}Z-[\\w.-]+$`),
      ),
    ]);
  });

  it.each(['AccessDenied', 'InvalidRequest', 'NotImplemented'] as const)(
    'stays halted while records alone are refused, and tells people once: %s',
    async (code) => {
      const world = await open({ tryEveryMs: 300, env: { PARK_AFTER_RECEIVES: '8' } });
      const { faults } = world.aws.s3;
      faults.inject({
        kind: new S3Error(code),
        when: (request) => toIsolation(world, 'PutObject')(request) && request.key.startsWith('records/'),
      });

      const ids = await flagMany(world, world.bucket(), 8);
      await world.log.untilCount(3, 'isolation_probe_failed', { code });
      expect(world.log.lines.filter(({ event }) => event === 'isolation_refused')).toHaveLength(1);
      expect(world.log.lines.filter(({ event }) => event === 'isolation_allowed')).toEqual([]);
      expect(await ready(world)).toBe(false);
      faults.clear();
      await Promise.all(ids.map((id) => world.untilSettled(id)));

      expect(ids.filter((id) => world.record(id, 'isolated') === undefined)).toEqual([]);
      expect(await world.parked()).toEqual([]);
      expect((await world.alerts()).filter(({ findingId }) => !ids.includes(findingId))).toHaveLength(1);
    },
  );

  it('stays halted while it may not read whether it is paused', async () => {
    const world = await open({ tryEveryMs: 300, refreshEveryMs: 50 });
    const { faults } = world.aws.s3;
    faults.inject({
      kind: new S3Error('AccessDenied'),
      when: (request) => toIsolation(world, 'GetObject')(request) && request.key === 'control/pause.json',
    });
    await world.log.until('isolation_refused', { code: 'AccessDenied' });

    await world.log.untilCount(3, 'isolation_probe_failed', { code: 'AccessDenied' });
    expect(world.log.lines.filter(({ event }) => event === 'isolation_refused')).toHaveLength(1);
    expect(world.log.lines.filter(({ event }) => event === 'isolation_allowed')).toEqual([]);
    faults.clear();

    await world.log.until('isolation_allowed');
  });

  it('is halted by no single object that the isolation side does not take', async () => {
    const world = await open({ tryEveryMs: 500, env: { PARK_AFTER_RECEIVES: '8' } });
    const bucket = world.bucket();
    world.aws.s3.faults.inject({
      kind: new S3Error('NotImplemented'),
      when: (request) => toIsolation(world, 'CopyObject')(request) && request.key.includes('/0.csv@'),
    });

    const [poison = ''] = await flagMany(world, bucket, 1);
    await world.untilSettled(poison);

    expect(world.record(poison, 'refused')).toMatchObject({ reason: 'NotImplemented' });
    expect(world.log.lines.filter(({ event }) => event === 'isolation_refused')).toEqual([]);
  });

  it('takes a bucket that is not there for our fault, not for that of the source', async () => {
    const world = await open({ tryEveryMs: 500, refreshEveryMs: 100 });
    const { store } = world.aws.s3;
    const bucket = world.bucket();
    store.buckets.delete(world.isolationBucket);

    const ids = await flagMany(world, bucket, 5);
    await world.log.until('isolation_refused', { code: 'NoSuchBucket' });
    store.createBucket(world.isolationBucket, { versioning: 'enabled' });
    await Promise.all(ids.map((id) => world.untilSettled(id)));

    expect(ids.filter((id) => world.record(id, 'isolated') === undefined)).toEqual([]);
    expect(await world.parked()).toEqual([]);
    await eventually(() => ready(world));
  });

  it('goes on receiving where sources refuse, for that is the fault of each alone', async () => {
    const world = await open();
    const bucket = world.bucket();
    world.aws.s3.faults.inject({
      kind: 'access-denied',
      when: (request) =>
        request.operation === 'CopyObject' ||
        (request.operation === 'GetObject' && request.bucket === bucket),
    });

    const ids = await flagMany(world, bucket, 8);
    await Promise.all(ids.map((id) => world.untilSettled(id)));

    expect(ids.filter((id) => world.record(id, 'refused') === undefined)).toEqual([]);
    expect(await world.parked()).toHaveLength(8);
    expect(await ready(world)).toBe(true);
    expect(world.log.lines.filter(({ event }) => event === 'isolation_refused')).toEqual([]);
  });
});
