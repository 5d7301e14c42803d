import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { localAccount } from '../../src/local/account.ts';
import type { Versioning } from '../../src/local/s3/store/bucket.ts';
import { bucketOf, uploadAs } from '../support/account-objects.ts';
import type { Uploaded } from '../support/uploaded.ts';
import { startWorld, type World } from '../support/world.ts';

const mib = 1024 ** 2;
const secret = 'name,ssn\nJane Doe,078-05-1120\n';
const role = { name: 'macie-isolator-member', externalId: 'team-7' };
const hr = '111122223333';
const research = '444455556666';

let world: World;
beforeAll(async () => {
  world = await startWorld({
    env: {
      MEMBER_ROLE_NAME: role.name,
      MEMBER_ROLE_EXTERNAL_ID: role.externalId,
      MULTIPART_THRESHOLD_BYTES: String(5 * mib),
      MULTIPART_PART_BYTES: String(5 * mib),
    },
  });
  for (const accountId of [hr, research]) world.aws.sts.allow({ ...role, accountId });
});
afterAll(() => world.close());

/** An object in a bucket of that account, put there by its owner. */
function objectOf(accountId: string, body = secret, versioning: Versioning = 'never'): Promise<Uploaded> {
  return uploadAs(world, accountId, bucketOf(world, accountId, versioning), 'hr/pay.csv', body);
}

async function handle(object: Uploaded, accountId: string): Promise<string> {
  const finding = world.finding(object, { accountId });
  await world.put(finding);
  await world.untilSettled(finding.id);
  return finding.id;
}

const assumed = (accountId: string) =>
  world.aws.sts.calls.filter(({ roleArn }) => roleArn.includes(`:${accountId}:`));

describe('an object of a member account', () => {
  it.each([hr, research])('is isolated with the role of its own account: %s', async (accountId) => {
    const object = await objectOf(accountId);

    const id = await handle(object, accountId);

    const key = `objects/${accountId}/${object.bucket}/${object.key}@${object.eTag}`;
    expect(world.record(id, 'isolated')).toMatchObject({ account_id: accountId, isolation_key: key });
    expect(world.text(world.isolationBucket, key)).toBe(secret);
    expect(world.versions(object.bucket, object.key)).toEqual([]);
    expect(assumed(accountId)).toEqual([
      {
        roleArn: `arn:aws:iam::${accountId}:role/${role.name}`,
        externalId: role.externalId,
        granted: true,
      },
    ]);
  });

  it('is isolated by its version, in parts too', async () => {
    const object = await objectOf(hr, 'x'.repeat(12 * mib), 'enabled');

    const id = await handle(object, hr);

    const record = world.record(id, 'isolated');
    expect(record).toMatchObject({ removed_versions: [object.versionId] });
    expect(world.versions(world.isolationBucket, record?.isolation_key ?? '')[0]?.sizeBytes).toBe(12 * mib);
    expect(world.versions(object.bucket, object.key)).toEqual([]);
  });

  it('is isolated although the credentials end many times before its copy does', async () => {
    const accountId = '777788889999';
    // Shorter than the five minutes before the end at which the SDK asks for new ones: each call does.
    world.aws.sts.allow({ ...role, accountId, sessionSeconds: 60 });
    const object = await objectOf(accountId, 'x'.repeat(12 * mib));

    const id = await handle(object, accountId);

    expect(world.record(id, 'isolated')).toMatchObject({ size_bytes: 12 * mib });
    expect(assumed(accountId).length).toBeGreaterThan(3);
  });

  it('is refused where the account has no such role: it stays, and the reason is parked', async () => {
    const accountId = '222233334444';
    const object = await objectOf(accountId);

    const id = await handle(object, accountId);

    expect(world.record(id, 'refused')).toMatchObject({ reason: 'no-role' });
    expect(world.text(object.bucket, object.key)).toBe(secret);
    expect((await world.parked()).find(({ findingId }) => findingId === id)).toMatchObject({
      outcome: 'refused',
      reason: 'no-role',
    });
  });

  it('is refused where the role asks for another external id', async () => {
    const accountId = '333344445555';
    world.aws.sts.allow({ ...role, accountId, externalId: 'another' });
    const object = await objectOf(accountId);

    const id = await handle(object, accountId);

    expect(world.record(id, 'refused')).toMatchObject({ reason: 'no-role' });
    expect(world.text(object.bucket, object.key)).toBe(secret);
  });

  it('is known to be isolated after its role was taken away', async () => {
    const accountId = '555566667777';
    world.aws.sts.allow({ ...role, accountId, sessionSeconds: 60 });
    const object = await objectOf(accountId);
    const finding = world.finding(object, { accountId });
    await world.put(finding);
    await world.untilSettled(finding.id);
    world.aws.sts.forbid(accountId, role.name);

    await world.send(JSON.stringify(finding));
    await world.log.until('finding_handled', { findingId: finding.id, outcome: 'already_isolated' });

    expect(world.record(finding.id, 'already_isolated')).toMatchObject({ account_id: accountId });
  });

  it('is refused where the finding names another account than the one that owns the bucket', async () => {
    const object = await objectOf(hr);

    const id = await handle(object, research);

    expect(world.record(id, 'refused')).toMatchObject({ reason: 'access-denied' });
    expect(world.text(object.bucket, object.key)).toBe(secret);
  });
});

describe("an object of the worker's own account", () => {
  it('needs no role', async () => {
    const object = await world.upload(world.bucket(), 'a.csv', secret);

    const id = await handle(object, localAccount);

    expect(world.record(id, 'isolated')).toBeDefined();
    expect(assumed(localAccount)).toEqual([]);
  });
});
