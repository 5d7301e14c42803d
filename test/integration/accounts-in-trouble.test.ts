import { afterEach, describe, expect, it } from 'vitest';
import { S3Error } from '../../src/local/s3/s3-error.ts';
import { bucketOf, uploadAs } from '../support/account-objects.ts';
import { type Forwarder, startForwarder } from '../support/forwarder.ts';
import type { World } from '../support/world.ts';
import { worldsOfEachTest } from '../support/worlds.ts';

const sick = '111122223333';
const healthy = ['444455556666', '555566667777'] as const;
const role = 'macie-isolator-member';
const concurrency = 8;

const forwarders: Forwarder[] = [];
afterEach(async () => {
  isStsSilent = false;
  await Promise.all(forwarders.splice(0).map((forwarder) => forwarder.close()));
});

const open = worldsOfEachTest(() => ({
  env: { CONCURRENCY: String(concurrency), MEMBER_ROLE_NAME: role },
  // STS answers nobody who asks for the role of this account.
  async redirect({ AWS_ENDPOINT_URL_STS: sts = '' }) {
    const forwarder = await startForwarder(sts, undefined, (chunk) =>
      isStsSilent && chunk.includes(sick) ? undefined : chunk,
    );
    forwarders.push(forwarder);
    return { AWS_ENDPOINT_URL_STS: forwarder.endpoint };
  },
}));
let isStsSilent = false;

async function flag(world: World, accountId: string, count: number, bucket = bucketOf(world, accountId)) {
  const findings = await Promise.all(
    Array.from({ length: count }, async (_, index) =>
      world.finding(await uploadAs(world, accountId, bucket, `${index}.csv`, `secret ${index}`), {
        accountId,
      }),
    ),
  );
  for (const finding of findings) await world.put(finding);
  return findings.map(({ id }) => id);
}

/** Each makes calls about this bucket, or the role of its account, useless, until the function that it returns is called. */
const manners: Readonly<Record<string, (world: World, bucket: string) => () => void>> = {
  'whose role cannot be assumed, as STS does not answer': () => {
    isStsSilent = true;
    return () => {
      isStsSilent = false;
    };
  },
  'that S3 throttles': (world, bucket) => {
    world.aws.s3.faults.inject({
      kind: new S3Error('SlowDown'),
      when: (request) => request.bucket === bucket && request.operation !== 'PutObject',
    });
    return () => world.aws.s3.faults.clear();
  },
  'whose deletes are not answered': (world, bucket) => {
    world.aws.s3.faults.inject({
      kind: 'timeout',
      when: (request) => request.bucket === bucket && request.method === 'DELETE',
    });
    return () => world.aws.s3.faults.clear();
  },
};

describe.each(Object.entries(manners))('an account %s', (_, makeSick) => {
  it('holds up no other account', async () => {
    const world = await open();
    for (const accountId of [sick, ...healthy]) world.aws.sts.allow({ name: role, accountId });
    // A place is slowed only if there is another one that goes well.
    for (const id of await flag(world, healthy[0], 1)) await world.untilSettled(id);

    const bucket = bucketOf(world, sick);
    const heal = makeSick(world, bucket);
    const waiting = await flag(world, sick, 2 * concurrency, bucket);
    await world.log.until('place_slowed', { accountId: sick });
    const others = (
      await Promise.all(healthy.map((accountId) => flag(world, accountId, concurrency)))
    ).flat();
    for (const id of others) await world.untilSettled(id);
    for (const id of others) expect(world.record(id, 'isolated')).toBeDefined();
    expect(waiting.filter((id) => world.record(id, 'isolated') !== undefined)).toEqual([]);
    expect(await world.parked()).toEqual([]);
    heal();
  });
});

it('a bucket whose calls are not answered holds up no other bucket of its account', async () => {
  const world = await open();
  world.aws.sts.allow({ name: role, accountId: sick });
  for (const id of await flag(world, sick, 1)) await world.untilSettled(id);

  const bucket = bucketOf(world, sick);
  world.aws.s3.faults.inject({
    kind: 'timeout',
    when: (request) => request.bucket === bucket && request.operation !== 'PutObject',
  });
  const waiting = await flag(world, sick, 2 * concurrency, bucket);
  expect(await world.log.until('place_slowed')).toMatchObject({ accountId: sick, bucket });
  const others = await flag(world, sick, 2 * concurrency);
  for (const id of others) await world.untilSettled(id);
  for (const id of others) expect(world.record(id, 'isolated')).toBeDefined();
  expect(waiting.filter((id) => world.record(id, 'isolated') !== undefined)).toEqual([]);
  world.aws.s3.faults.clear();
});
