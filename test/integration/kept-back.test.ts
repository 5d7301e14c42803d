import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Denial, Version } from '../../src/local/s3/store/bucket.ts';
import type { BucketOptions } from '../../src/local/s3/store/store.ts';
import type { Uploaded } from '../support/uploaded.ts';
import { startWorld, textOf, type World } from '../support/world.ts';

const secret = 'name,ssn\nJane Doe,078-05-1120\n';
const foreign = '999988887777';
const isolationKey = 'isolation-key';
let world: World;

beforeAll(async () => {
  world = await startWorld({ env: { PARK_AFTER_RECEIVES: '2', ISOLATION_KMS_KEY_ID: isolationKey } });
});
afterAll(() => world.close());

async function handle(object: Uploaded, overrides: Record<string, unknown> = {}): Promise<string> {
  const finding = world.finding(object, overrides);
  await world.put(finding);
  await world.untilSettled(finding.id);
  return finding.id;
}

const store = () => world.aws.s3.store;
const bucketOf = (options: BucketOptions) =>
  store().createBucket(`data-${randomBytes(6).toString('hex')}`, options).name;
const deny = (bucket: string, action: string, when?: Denial['when']) =>
  store()
    .bucket(bucket)
    .denials.push({ action, ...(when && { when }) });
const copyOf = (object: Uploaded) =>
  `objects/000000000000/${object.bucket}/${object.key}@${object.versionId ?? object.eTag}`;
const parkedFor = async (findingId: string) =>
  (await world.parked()).filter((message) => message.findingId === findingId);
const emailsAbout = async (bucket: string) =>
  (await world.alerts()).map(({ email = '' }) => email).filter((email) => email.includes(bucket));
const change = (bucket: string, key: string, to: Partial<Version>) => {
  const [version, ...older] = world.versions(bucket, key);
  if (version)
    store()
      .bucket(bucket)
      .objects.set(key, [{ ...version, ...to }, ...older]);
};

describe('an object whose source may not be removed', () => {
  const until = new Date('2999-01-01');

  it.each([
    ['locked', { ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: until }],
    ['locked', { ObjectLockMode: 'COMPLIANCE', ObjectLockRetainUntilDate: until }],
    ['legal-hold', { ObjectLockLegalHoldStatus: 'ON' }],
  ] as const)('is copied and left as it was: %s, seen by HEAD (%j)', async (reason, lock) => {
    const bucket = bucketOf({ objectLock: true });
    await world.upload(bucket, 'a.csv', 'older');
    const object = await world.upload(bucket, 'a.csv', secret, lock);

    const id = await handle(object);

    expect(world.versions(bucket, 'a.csv').map(textOf)).toEqual([secret, 'older']);
    expect(world.text(world.isolationBucket, copyOf(object))).toBe(secret);
    expect(world.record(id, 'retained')).toMatchObject({
      reason,
      removed_versions: [],
      delete_marker_version_id: null,
    });
    expect(await parkedFor(id)).toMatchObject([{ reason, outcome: 'retained' }]);
  });

  it('is shown again where the lock could not be seen before: our own marker is taken away', async () => {
    const bucket = bucketOf({ objectLock: true });
    deny(bucket, 's3:GetObjectRetention');
    await world.upload(bucket, 'a.csv', 'older');
    const object = await world.upload(bucket, 'a.csv', secret, { ObjectLockLegalHoldStatus: 'ON' });

    const id = await handle(object);

    expect(world.versions(bucket, 'a.csv').map(textOf)).toEqual([secret, 'older']);
    expect(world.record(id, 'retained')).toMatchObject({ reason: 'locked', delete_marker_version_id: null });
    expect(await parkedFor(id)).toMatchObject([{ reason: 'locked' }]);
  });

  it('is isolated once its retention is over', async () => {
    const bucket = bucketOf({ objectLock: true });
    const object = await world.upload(bucket, 'a.csv', secret);
    change(bucket, 'a.csv', { retention: { mode: 'COMPLIANCE', until: new Date('2020-01-01') } });

    const id = await handle(object);

    expect(world.record(id, 'isolated')).toBeDefined();
    expect(world.versions(bucket, 'a.csv')).toEqual([]);
  });

  it('gets no marker where MFA delete would keep the marker, too', async () => {
    const bucket = world.bucket('enabled');
    await world.upload(bucket, 'a.csv', 'older');
    const object = await world.upload(bucket, 'a.csv', secret);
    store().bucket(bucket).mfaDelete = true;

    const id = await handle(object);

    expect(world.versions(bucket, 'a.csv').map(textOf)).toEqual([secret, 'older']);
    expect(world.record(id, 'retained')).toMatchObject({
      reason: 'mfa-delete',
      delete_marker_version_id: null,
    });
    expect(await parkedFor(id)).toMatchObject([{ reason: 'mfa-delete', outcome: 'retained' }]);
  });

  it('costs no look at MFA delete for each object of a bucket, and none where no marker is needed', async () => {
    const bucket = world.bucket('enabled');
    const looks = () =>
      world.aws.s3.requests.filter(
        (request) => request.operation === 'GetBucketVersioning' && request.bucket === bucket,
      ).length;
    await handle(await world.upload(bucket, 'alone.csv', secret));
    expect(looks()).toBe(0);

    for (const key of ['a.csv', 'b.csv']) {
      await world.upload(bucket, key, 'older');
      await handle(await world.upload(bucket, key, secret));
      expect(world.versions(bucket, key)[0]).toMatchObject({ isMarker: true });
    }
    expect(looks()).toBe(1);
  });

  it.each<[string, (bucket: string) => unknown]>([
    [
      'mfa-delete',
      (bucket) => {
        Object.assign(store().bucket(bucket), { mfaDelete: true });
        deny(bucket, 's3:GetBucketVersioning');
      },
    ],
    ['delete-denied', (bucket) => deny(bucket, 's3:DeleteObjectVersion')],
  ])(
    'stays hidden where the marker may not be taken away, and people are told: %s',
    async (reason, arrange) => {
      const bucket = world.bucket('enabled');
      await world.upload(bucket, 'a.csv', 'older');
      const object = await world.upload(bucket, 'a.csv', secret);
      arrange(bucket);

      const id = await handle(object);

      const [marker, ...versions] = world.versions(bucket, 'a.csv');
      expect(marker).toMatchObject({ isMarker: true });
      expect(versions.map(textOf)).toEqual([secret, 'older']);
      expect(world.record(id, 'retained')).toMatchObject({ reason, delete_marker_version_id: marker?.id });
      expect(await emailsAbout(bucket)).toMatchObject([
        expect.stringContaining(`hidden by delete marker: ${marker?.id}`),
      ]);
      expect(await parkedFor(id)).toMatchObject([{ reason, outcome: 'retained' }]);
    },
  );

  const conditional: Denial['when'] = ({ headers }) => headers['if-match'] !== undefined;
  const unconditional: Denial['when'] = ({ headers }) => headers['if-match'] === undefined;

  it.each<[string, 'never' | 'enabled', Denial]>([
    ['denies every delete', 'never', { action: 's3:DeleteObject' }],
    ['denies conditional ones', 'never', { action: 's3:DeleteObject', when: conditional }],
    ['denies the marker that would hide it', 'enabled', { action: 's3:DeleteObject' }],
  ])('is kept as it was by a policy that %s (versioning %s)', async (_, versioning, denial) => {
    const bucket = world.bucket(versioning);
    await world.upload(bucket, 'a.csv', 'older');
    const object = await world.upload(bucket, 'a.csv', secret);
    store().bucket(bucket).denials.push(denial);
    const before = world.versions(bucket, 'a.csv');

    const id = await handle(object);

    expect(world.versions(bucket, 'a.csv')).toEqual(before);
    expect(world.record(id, 'retained')).toMatchObject({ reason: 'delete-denied', removed_versions: [] });
    expect(await parkedFor(id)).toMatchObject([{ reason: 'delete-denied', outcome: 'retained' }]);
  });

  it('is kept by a policy that demands a condition of a delete by id, which can have none', async () => {
    const object = await world.upload(world.bucket('enabled'), 'a.csv', secret);
    deny(object.bucket, 's3:DeleteObjectVersion', unconditional);

    const id = await handle(object);

    expect(world.text(object.bucket, 'a.csv')).toBe(secret);
    expect(world.record(id, 'retained')).toMatchObject({ reason: 'delete-denied' });
  });

  it('is removed by id where no marker is needed, whatever a policy says of plain deletes', async () => {
    const bucket = world.bucket('enabled');
    const object = await world.upload(bucket, 'a.csv', secret);
    await world.upload(bucket, 'a.csv', 'newer');
    deny(bucket, 's3:DeleteObject');

    const id = await handle(object);

    expect(world.record(id, 'isolated')).toBeDefined();
    expect(world.versions(bucket, 'a.csv').map(textOf)).toEqual(['newer']);
  });

  it('is removed under a policy that demands a condition, which is what we send', async () => {
    const bucket = world.bucket();
    const object = await world.upload(bucket, 'a.csv', secret);
    deny(bucket, 's3:DeleteObject', unconditional);

    const id = await handle(object);

    expect(world.record(id, 'isolated')).toBeDefined();
  });
});

describe('an object that cannot be copied', () => {
  const sseC = { SSECustomerAlgorithm: 'AES256', SSECustomerKey: 'k'.repeat(32) };
  const withKey = { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: 'their-key' } as const;

  it.each<[string, string, () => Promise<{ object: Uploaded; accountId?: string }>]>([
    [
      'access-denied',
      'the object may not be read',
      async () => {
        const bucket = world.bucket();
        deny(bucket, 's3:GetObject');
        return { object: await world.upload(bucket, 'a.csv', secret) };
      },
    ],
    [
      'access-denied',
      'the version may not be read',
      async () => {
        const bucket = world.bucket('enabled');
        deny(bucket, 's3:GetObjectVersion');
        return { object: await world.upload(bucket, 'a.csv', secret) };
      },
    ],
    [
      'wrong-owner',
      'the bucket belongs to another account than the finding says',
      async () => ({
        object: await world.upload(bucketOf({ owner: foreign, shared: true }), 'a.csv', secret),
      }),
    ],
    [
      'requester-pays',
      'its reader would have to pay',
      async () => {
        const bucket = bucketOf({ owner: foreign, shared: true });
        const object = await world.upload(bucket, 'a.csv', secret);
        store().bucket(bucket).requesterPays = true;
        return { object, accountId: foreign };
      },
    ],
    [
      'sse-c',
      'only its owner has the key',
      async () => ({ object: await world.upload(world.bucket(), 'a.csv', secret, sseC) }),
    ],
    [
      'cross-region',
      'the bucket lies in another region than the finding says',
      async () => {
        const bucket = world.bucket();
        const object = await world.upload(bucket, 'a.csv', secret);
        Object.assign(store().bucket(bucket), { region: 'eu-central-1' });
        return { object };
      },
    ],
    ...(['GLACIER', 'DEEP_ARCHIVE'] as const).map(
      (StorageClass): [string, string, () => Promise<{ object: Uploaded }>] => [
        'archived-storage-class',
        StorageClass,
        async () => ({ object: await world.upload(world.bucket(), 'a.csv', secret, { StorageClass }) }),
      ],
    ),
    [
      'archived-storage-class',
      'being restored',
      async () => {
        const object = await world.upload(world.bucket(), 'a.csv', secret, { StorageClass: 'GLACIER' });
        change(object.bucket, 'a.csv', { restore: 'ongoing' });
        return { object };
      },
    ],
    [
      'archived-storage-class',
      'a tier of Intelligent-Tiering',
      async () => {
        const object = await world.upload(world.bucket(), 'a.csv', secret, {
          StorageClass: 'INTELLIGENT_TIERING',
        });
        change(object.bucket, 'a.csv', { archiveStatus: 'DEEP_ARCHIVE_ACCESS' });
        return { object };
      },
    ],
    ...(['disabled', 'pending-deletion', 'denied', 'absent'] as const).map(
      (state): [string, string, () => Promise<{ object: Uploaded }>] => [
        'source-key-unusable',
        `its key is ${state}`,
        async () => {
          const keyId = `key-${state}`;
          const object = await world.upload(world.bucket(), 'a.csv', secret, {
            ...withKey,
            SSEKMSKeyId: keyId,
          });
          store().keys.set(keyId, state);
          return { object };
        },
      ],
    ),
  ])('is refused at once: %s, %s', async (reason, _, arrange) => {
    const { object, accountId } = await arrange();
    const before = world.versions(object.bucket, 'a.csv');

    const id = await handle(object, accountId === undefined ? {} : { accountId });

    expect(world.versions(object.bucket, 'a.csv')).toEqual(before);
    expect(world.copies().filter((key) => key.includes(object.bucket))).toEqual([]);
    expect(world.record(id, 'refused')).toMatchObject({ reason, receive_count: 1, isolation_key: null });
    expect(await parkedFor(id)).toMatchObject([{ reason, outcome: 'refused' }]);
  });

  it('is not taken for forbidden where it may be listed: it is gone', async () => {
    const bucket = world.bucket();
    const object = await world.upload(bucket, 'a.csv', secret);
    store().bucket(bucket).objects.clear();

    const id = await handle(object);

    expect(world.record(id, 'gone')).toMatchObject({ reason: 'source-absent' });
  });

  it('is not known to be gone without permission to list, and so refused', async () => {
    const bucket = world.bucket();
    const object = await world.upload(bucket, 'a.csv', secret);
    store().bucket(bucket).objects.clear();
    deny(bucket, 's3:ListBucket');

    const id = await handle(object);

    expect(world.record(id, 'refused')).toMatchObject({ reason: 'access-denied' });
  });

  it('is not refused because the network failed while we asked why it is denied', async () => {
    const bucket = world.bucket();
    const object = await world.upload(bucket, 'a.csv', secret);
    deny(bucket, 's3:GetObject');
    world.aws.s3.faults.inject({
      kind: 'slow-down',
      when: (request) => request.operation === 'HeadBucket' && request.bucket === bucket,
      times: 5,
    });

    const id = await handle(object);

    expect(world.record(id, 'refused')).toMatchObject({ reason: 'access-denied', receive_count: 2 });
  });

  it.each<[string, () => Promise<Uploaded>]>([
    [
      'a restored copy of an archived object',
      async () => {
        const object = await world.upload(world.bucket(), 'a.csv', secret, { StorageClass: 'DEEP_ARCHIVE' });
        change(object.bucket, 'a.csv', { restore: 'done' });
        return object;
      },
    ],
    [
      'an archive class that can be read at once',
      () => world.upload(world.bucket(), 'a.csv', secret, { StorageClass: 'GLACIER_IR' }),
    ],
    ['an object with a key that works', () => world.upload(world.bucket(), 'a.csv', secret, withKey)],
  ])('is not what every object of its kind is: %s is isolated', async (_, arrange) => {
    const object = await arrange();

    const id = await handle(object);

    expect(world.versions(object.bucket, 'a.csv')).toEqual([]);
    expect(world.text(world.isolationBucket, copyOf(object))).toBe(secret);
    expect(world.record(id, 'isolated')).toBeDefined();
  });
});

describe('tags that may not be read', () => {
  it.each([
    ['never', 's3:GetObjectTagging'],
    ['enabled', 's3:GetObjectVersionTagging'],
  ] as const)(
    'do not leave the object exposed, and the record says it: versioning %s',
    async (versioning, action) => {
      const bucket = world.bucket(versioning);
      const object = await world.upload(bucket, 'a.csv', secret, {
        Tagging: 'team=hr',
        Metadata: { owner: 'x' },
      });
      deny(bucket, action);

      const id = await handle(object);

      expect(world.versions(bucket, 'a.csv')).toEqual([]);
      expect(world.record(id, 'isolated')).toMatchObject({ tags_copied: false });
      expect(world.versions(world.isolationBucket, copyOf(object))[0]).toMatchObject({
        tags: [],
        metadata: { owner: 'x' },
      });
    },
  );
});

describe('a fault of the isolation side', () => {
  it('is ours and no refusal: tried again, and parked with its name at the last', async () => {
    const bucket = world.bucket();
    const object = await world.upload(bucket, 'a.csv', secret);
    store().keys.set(isolationKey, 'disabled');

    const id = await handle(object);
    store().keys.delete(isolationKey);

    expect(world.text(bucket, 'a.csv')).toBe(secret);
    expect(await parkedFor(id)).toMatchObject([{ reason: 'KMS.DisabledException', outcome: 'refused' }]);
    expect(await world.worker.metrics()).toContain('reason="retries-exhausted"} 1');
  });
});
