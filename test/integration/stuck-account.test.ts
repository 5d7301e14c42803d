import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bucketOf, uploadAs } from '../support/account-objects.ts';
import { startWorld, type World } from '../support/world.ts';

const stuck = '111122223333';
const healthy = '444455556666';
const concurrency = 8;

let world: World;
beforeAll(async () => {
  world = await startWorld({
    env: { CONCURRENCY: String(concurrency), MEMBER_ROLE_NAME: 'macie-isolator-member' },
  });
  for (const accountId of [stuck, healthy]) world.aws.sts.allow({ name: 'macie-isolator-member', accountId });
});
afterAll(() => world.close());

async function findingIn(bucket: string, accountId: string, key: string) {
  const object = await uploadAs(world, accountId, bucket, key, `secret of ${key}`);
  return world.finding(object, { accountId });
}

describe('an account whose S3 does not answer', () => {
  it('holds up no other account, and is isolated once it answers', async () => {
    const [sickBucket, healthyBucket] = [bucketOf(world, stuck), bucketOf(world, healthy)];
    const first = await findingIn(healthyBucket, healthy, 'first.csv');
    await world.put(first);
    await world.untilSettled(first.id);
    const sick = await Promise.all(
      Array.from({ length: concurrency }, (_, index) => findingIn(sickBucket, stuck, `${index}.csv`)),
    );
    const holds = sick.map(() =>
      world.aws.s3.faults.hold(({ bucket, method }) => bucket === sickBucket && method === 'HEAD'),
    );
    for (const finding of sick) await world.put(finding);
    await Promise.all(holds.map(({ arrived }) => arrived));

    // Every slot waits for the stuck account now.
    const others = await Promise.all(
      Array.from({ length: 5 }, (_, index) => findingIn(healthyBucket, healthy, `${index}.csv`)),
    );
    for (const finding of others) await world.put(finding);
    for (const finding of others) await world.untilSettled(finding.id);

    for (const finding of others) expect(world.record(finding.id, 'isolated')).toBeDefined();
    for (const finding of sick) expect(world.record(finding.id, 'isolated')).toBeUndefined();
    expect(await world.log.until('place_slowed')).toMatchObject({ accountId: stuck, bucket: sickBucket });
    expect(await world.worker.metrics()).toMatch(/^isolator_accounts_slowed 1$/m);

    // A message that finds no place backs off, and does not wait in a slot.
    const late = await findingIn(sickBucket, stuck, 'late.csv');
    await world.put(late);
    await world.log.until('handling_failed', { findingId: late.id, code: 'BucketSlowed' });

    for (const { release } of holds) release();
    for (const finding of [...sick, late]) await world.untilSettled(finding.id);
    for (const finding of [...sick, late]) expect(world.record(finding.id, 'isolated')).toBeDefined();
  });
});
