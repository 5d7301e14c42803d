import { afterEach, describe, expect, it } from 'vitest';
import type { S3Request } from '../../src/local/s3/http-request.ts';
import { eventually } from '../support/eventually.ts';
import { startWorld, type World, type WorldOptions } from '../support/world.ts';

const worlds: World[] = [];
async function open(options: WorldOptions = {}): Promise<World> {
  const world = await startWorld(options);
  worlds.push(world);
  return world;
}
afterEach(async () => {
  await Promise.all(worlds.splice(0).map((world) => world.close()));
});

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

describe('a worker whose isolation side refuses', () => {
  it.each(['CopyObject', 'PutObject'])(
    'parks nothing, tells once, is not ready, and goes on by itself once it may: %s',
    async (operation) => {
      const world = await open({ tryEveryMs: 500 });
      const bucket = world.bucket();
      const { faults } = world.aws.s3;
      faults.inject({ kind: 'access-denied', when: toIsolation(world, operation) });

      const ids = await flagMany(world, bucket, 8);
      await world.log.until('isolation_refused', { code: 'AccessDenied' });
      await eventually(async () => !(await ready(world)));
      expect(await live(world)).toBe(true);
      // Tried again and refused again.
      await world.log.untilCount(ids.length + 2, 'handling_failed', { code: 'AccessDenied' });
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

  it('takes a bucket that is not there for our fault, not for that of the source', async () => {
    const world = await open({ tryEveryMs: 500 });
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
