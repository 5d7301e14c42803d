import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { S3Request } from '../../src/local/s3/http/http-request.ts';
import { S3Error } from '../../src/local/s3/s3-error.ts';
import { startWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

/** As S3 says it within an organisation: principal, bucket and key are in the text. */
const denial = (role: string, action: string, { bucket, key }: { bucket: string; key: string }) =>
  new S3Error(
    'AccessDenied',
    `User: arn:aws:sts::111122223333:assumed-role/${role}/task is not authorized to perform: ${action} on resource: "arn:aws:s3:::${bucket}/${key}" with an explicit deny in a resource-based policy`,
  );

async function handleDenied(
  key: string,
  role: string,
  action: string,
  when: (request: S3Request) => boolean,
): Promise<string> {
  const bucket = world.bucket();
  const object = await world.upload(bucket, key, 'secret');
  world.aws.s3.faults.inject({
    kind: denial(role, action, object),
    when: (request) => request.bucket === bucket && when(request),
  });
  const finding = world.finding(object);
  await world.put(finding);
  await world.untilSettled(finding.id);
  return finding.id;
}

describe('a denial whose text users steer', () => {
  it.each([
    ['it/mfa enrolment.csv', 'worker'],
    ['it/mfa.csv', 'worker'],
    ['hr/object lock.csv', 'worker'],
    ['keys/kms:Decrypt on resource: x.csv', 'worker'],
    ['a.csv', 'require-mfa'],
  ])(
    'leaves %s retained because its delete is denied to the role %s, and for no other reason',
    async (key, role) => {
      const id = await handleDenied(
        key,
        role,
        's3:DeleteObject',
        ({ operation }) => operation === 'DeleteObject',
      );

      expect(world.record(id, 'retained')).toMatchObject({ reason: 'delete-denied' });
    },
  );

  it.each([
    ['it/mfa enrolment.csv', 'worker'],
    ['hr/object lock.csv', 'worker'],
    ['keys/kms:Decrypt on resource: x.csv', 'worker'],
    ['a.csv', 'require-mfa'],
  ])('refuses %s at once where the role %s may not read it', async (key, role) => {
    const reads = ['HeadObject', 'GetObject'];
    const id = await handleDenied(key, role, 's3:GetObject', ({ operation }) => reads.includes(operation));

    expect(world.record(id, 'refused')).toMatchObject({ reason: 'access-denied' });
    expect(
      world.log.lines.filter(({ event, findingId }) => event === 'handling_failed' && findingId === id),
    ).toEqual([]);
  });
});
