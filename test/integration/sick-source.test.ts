import { afterEach, beforeEach, expect, it } from 'vitest';
import type { S3Request } from '../../src/local/s3/http/http-request.ts';
import { S3Error } from '../../src/local/s3/s3-error.ts';
import { bucketOf, uploadAs } from '../support/account-objects.ts';
import { startWorld, type World } from '../support/world.ts';

const role = { name: 'macie-isolator-member', externalId: 'team-7' };
const sickAccount = '111122223333';
const healthyAccount = '444455556666';

let world: World;
beforeEach(async () => {
  world = await startWorld({
    env: { MEMBER_ROLE_NAME: role.name, MEMBER_ROLE_EXTERNAL_ID: role.externalId },
    tryEveryMs: 500,
  });
  for (const accountId of [sickAccount, healthyAccount]) world.aws.sts.allow({ ...role, accountId });
});
afterEach(() => world.close());

/** Findings about this many objects of one bucket of that account. */
async function flag(accountId: string, bucket: string, count: number): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const finding = world.finding(await uploadAs(world, accountId, bucket, `${index}.csv`, `${index}`), {
      accountId,
    });
    await world.put(finding);
    ids.push(finding.id);
  }
  return ids;
}
const isolated = (ids: readonly string[]) => ids.filter((id) => world.record(id, 'isolated') !== undefined);

it.each([
  ['another account, whose role the isolation bucket denies', sickAccount],
  ["the worker's own account", '000000000000'],
])(
  'copies of one bucket that are refused halt nobody, and go well once they are permitted: a bucket of %s',
  async (_, accountId) => {
    const sick = bucketOf(world, accountId);
    const isSick = ({ headers }: S3Request) => (headers['x-amz-copy-source'] ?? '').includes(sick);
    world.aws.s3.faults.inject({
      kind: new S3Error('AccessDenied'),
      when: (request) => request.operation === 'CopyObject' && isSick(request),
    });

    const waiting = await flag(accountId, sick, 12);
    await world.log.until('copies_refused', { code: 'AccessDenied', accountId, bucket: sick });
    const others = await flag(healthyAccount, bucketOf(world, healthyAccount), 12);
    await Promise.all(others.map((id) => world.untilSettled(id)));

    expect(isolated(others)).toEqual(others);
    expect(isolated(waiting)).toEqual([]);
    expect(world.log.lines.filter(({ event }) => event === 'isolation_refused')).toEqual([]);
    world.aws.s3.faults.clear();
    await Promise.all(waiting.map((id) => world.untilSettled(id)));
    expect(isolated(waiting)).toEqual(waiting);
    expect(await world.parked()).toEqual([]);
  },
);
