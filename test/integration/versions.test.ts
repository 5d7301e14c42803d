import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Version } from '../../src/local/s3/store/bucket.ts';
import { bytesContent, checksum, md5Hex } from '../../src/local/s3/store/content.ts';
import type { Uploaded } from '../support/uploaded.ts';
import { startWorld, textOf, type World } from '../support/world.ts';

const secret = 'name,ssn\nJane Doe,078-05-1120\n';
/** As long as the flagged bytes. */
const sameSize = secret.replace('Jane', 'Joan');
let world: World;

async function handle(object: Uploaded): Promise<string> {
  const finding = world.finding(object);
  await world.put(finding);
  await world.untilSettled(finding.id);
  return finding.id;
}

const store = () => world.aws.s3.store;
const drop = ({ bucket, key, versionId }: Uploaded) => {
  const left = world.versions(bucket, key).filter((version) => version.id !== versionId);
  store().bucket(bucket).objects.set(key, left);
};
const texts = ({ bucket, key }: Pick<Uploaded, 'bucket' | 'key'>) =>
  world.versions(bucket, key).map((version) => (version.isMarker ? 'marker' : textOf(version)));
const change = (bucket: string, key: string, id: string | undefined, to: Partial<Version>) => {
  const changed = world
    .versions(bucket, key)
    .map((version) => (version.id === id ? { ...version, ...to } : version));
  store().bucket(bucket).objects.set(key, changed);
};
/** Puts a version past HTTP, which is faster. */
const place = (bucket: string, key: string, text: string): Uploaded => {
  const content = bytesContent(Buffer.from(text));
  const version = store().put(store().bucket(bucket), key, {
    isMarker: false,
    content,
    sizeBytes: text.length,
    eTag: md5Hex(content),
    lastModified: new Date(),
    checksum: { algorithm: 'CRC32', value: checksum(content, 'CRC32'), type: 'FULL_OBJECT' },
    metadata: {},
    headers: {},
    tags: [],
    storageClass: 'STANDARD',
    encryption: {},
  });
  return { bucket, key, eTag: version.eTag, versionId: version.id, sizeBytes: text.length };
};

describe('SOURCE_VERSIONS=identical', () => {
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.close());

  it('finds the identical ones among more than 1,000, on every page', async () => {
    const bucket = world.bucket('enabled');
    const first = place(bucket, 'a.csv', secret);
    for (let count = 0; count < 1_100; count += 1) place(bucket, 'a.csv', `report ${count}`);
    const flagged = place(bucket, 'a.csv', secret);
    const neighbour = place(bucket, 'a.csv.old', secret);

    const id = await handle(flagged);

    expect(texts(flagged).filter((text) => text === secret)).toEqual([]);
    expect(texts(flagged)).toHaveLength(1_101);
    expect(texts(flagged)[0]).toBe('marker');
    expect(texts(neighbour)).toEqual([secret]);
    expect(world.record(id, 'isolated')).toMatchObject({
      removed_versions: [first.versionId, flagged.versionId],
      remaining_versions: expect.arrayContaining([expect.any(String)]),
    });
    expect(world.record(id, 'isolated')?.remaining_versions).toHaveLength(1_100);
  });

  it('names in record and alert what could not be compared, and what is replicated', async () => {
    const bucket = world.bucket('enabled');
    const encrypted = await world.upload(bucket, 'a.csv', sameSize, {
      ServerSideEncryption: 'aws:kms',
      SSEKMSKeyId: 'their-key',
    });
    change(bucket, 'a.csv', encrypted.versionId, { checksum: undefined });
    const different = await world.upload(bucket, 'a.csv', sameSize);
    const flagged = await world.upload(bucket, 'a.csv', secret);
    change(bucket, 'a.csv', flagged.versionId, { replicationStatus: 'COMPLETED' });

    const id = await handle(flagged);

    expect(world.record(id, 'isolated')).toMatchObject({
      removed_versions: [flagged.versionId],
      remaining_versions: [different.versionId, encrypted.versionId],
      uncompared_versions: [encrypted.versionId],
      source_replication_status: 'COMPLETED',
    });
    const [alert] = (await world.alerts()).filter(({ email }) => email?.includes(bucket));
    expect(alert?.email).toContain(`uncompared versions: ${encrypted.versionId}`);
    expect(alert?.email).toContain('replication status: COMPLETED');
  });

  it('does not let an identical version that is locked keep silent about itself', async () => {
    const bucket = world.bucket('enabled');
    const older = await world.upload(bucket, 'a.csv', secret);
    change(bucket, 'a.csv', older.versionId, { legalHold: true });
    const flagged = await world.upload(bucket, 'a.csv', secret);

    const id = await handle(flagged);

    expect(texts(flagged)).toEqual([secret, secret]);
    expect(world.record(id, 'retained')).toMatchObject({ reason: 'legal-hold' });
  });

  it.each([
    ['is listed although another begins like it', 'a', ['a', 'a/b', 'a+b']],
    ['holds what XML cannot carry', 'carriage\rreturn\u0001\n', []],
    ['holds what URLs encode', '50%25 + 100%', []],
  ])('goes by the very key, which %s', async (_, key, others) => {
    const bucket = world.bucket('enabled');
    await world.upload(bucket, key, 'older');
    const flagged = await world.upload(bucket, key, secret);
    for (const other of others.slice(1)) await world.upload(bucket, other, secret);

    await handle(flagged);

    expect(texts(flagged)).toEqual(['marker', 'older']);
    for (const other of others.slice(1)) expect(texts({ bucket, key: other })).toEqual([secret]);
  });

  it('knows the key in a listing that the store does not encode, though the key needs it', async () => {
    const bucket = world.bucket('enabled');
    const key = 'a+b %41.csv';
    await world.upload(bucket, key, 'older');
    const flagged = await world.upload(bucket, key, secret);
    world.aws.s3.faults.inject({
      kind: {
        alter: (answer) => ({
          ...answer,
          xml: (answer.xml ?? '')
            .replace(/<EncodingType>url<\/EncodingType>/, '')
            .replace(/<Key>.*?<\/Key>/g, `<Key>${key}</Key>`),
        }),
      },
      when: (request) => request.operation === 'ListObjectVersions' && request.bucket === bucket,
    });

    await handle(flagged);

    expect(texts(flagged)).toEqual(['marker', 'older']);
  });
});

describe('a suspended bucket', () => {
  beforeAll(async () => {
    world = await startWorld({ env: { PARK_AFTER_RECEIVES: '2' } });
  });
  afterAll(() => world.close());
  const suspend = (bucket: string) => {
    store().bucket(bucket).versioning = 'suspended';
  };

  it('loses a flagged version that has an id, and keeps the null version above it', async () => {
    const bucket = world.bucket('enabled');
    const flagged = await world.upload(bucket, 'a.csv', secret);
    suspend(bucket);
    await world.upload(bucket, 'a.csv', 'the null version');

    const id = await handle(flagged);

    expect(texts(flagged)).toEqual(['the null version']);
    expect(world.record(id, 'isolated')).toBeDefined();
  });

  it('hides the null version that it removes by its own marker, so that no older one surfaces', async () => {
    const bucket = world.bucket('enabled');
    await world.upload(bucket, 'a.csv', 'older');
    suspend(bucket);
    const flagged = await world.upload(bucket, 'a.csv', secret);

    const id = await handle({ ...flagged, versionId: undefined });

    expect(texts(flagged)).toEqual(['marker', 'older']);
    expect(world.record(id, 'isolated')).toMatchObject({ delete_marker_version_id: 'null' });
  });

  it('keeps a null version that a marker for another version would destroy', async () => {
    const bucket = world.bucket();
    await world.upload(bucket, 'a.csv', 'from before versioning');
    store().bucket(bucket).versioning = 'enabled';
    await world.upload(bucket, 'a.csv', 'older');
    const flagged = await world.upload(bucket, 'a.csv', secret);
    suspend(bucket);

    const id = await handle(flagged);

    expect(texts(flagged)).toEqual([secret, 'older', 'from before versioning']);
    expect(world.record(id, 'retained')).toMatchObject({ reason: 'unguardable-null-version' });
  });

  it('keeps what its owner puts between our look and our delete', async () => {
    const bucket = world.bucket('suspended');
    const flagged = await world.upload(bucket, 'a.csv', secret);
    const hold = world.aws.s3.faults.hold(
      (request) => request.operation === 'DeleteObject' && request.bucket === bucket,
    );
    const finding = world.finding({ ...flagged, versionId: undefined });
    await world.put(finding);
    await hold.arrived;
    await world.upload(bucket, 'a.csv', 'a new report');
    hold.release();
    await world.untilSettled(finding.id);

    expect(texts(flagged)).toEqual(['a new report']);
    expect(world.record(finding.id, 'changed')).toBeDefined();
  });

  it('is not gone by where the listing lacks what is there', async () => {
    const bucket = world.bucket('enabled');
    await world.upload(bucket, 'a.csv', 'older');
    const flagged = await world.upload(bucket, 'a.csv', secret);
    world.aws.s3.faults.inject({
      kind: {
        alter: (answer) => ({
          ...answer,
          xml: (answer.xml ?? '').replace(/<Key>.*?<\/Key>/g, '<Key>?</Key>'),
        }),
      },
      when: (request) => request.operation === 'ListObjectVersions' && request.bucket === bucket,
    });

    const id = await handle(flagged);

    expect(texts(flagged)).toEqual([secret, 'older']);
    expect(world.record(id, 'retained')).toMatchObject({ reason: 'ListingIncomplete' });
  });

  it('is isolated from by id after versioning was enabled again', async () => {
    const bucket = world.bucket('suspended');
    const flagged = await world.upload(bucket, 'a.csv', secret);
    store().bucket(bucket).versioning = 'enabled';
    await world.upload(bucket, 'a.csv', 'a new report');

    const id = await handle({ ...flagged, versionId: undefined });

    expect(texts(flagged)).toEqual(['a new report']);
    expect(world.record(id, 'isolated')).toMatchObject({ removed_versions: ['null'] });
  });
});

describe('SOURCE_VERSIONS=flagged', () => {
  beforeAll(async () => {
    world = await startWorld({ env: { SOURCE_VERSIONS: 'flagged' } });
  });
  afterAll(() => world.close());

  it('removes the flagged version and leaves the identical one, hidden', async () => {
    const bucket = world.bucket('enabled');
    const older = await world.upload(bucket, 'a.csv', secret);
    const flagged = await world.upload(bucket, 'a.csv', secret);

    const id = await handle(flagged);

    expect(texts(flagged)).toEqual(['marker', secret]);
    expect(world.record(id, 'isolated')).toMatchObject({
      removed_versions: [flagged.versionId],
      remaining_versions: [older.versionId],
    });
  });
});

describe.each(['flagged', 'identical', 'all'])(
  'the same bytes put again under another version id, SOURCE_VERSIONS=%s',
  (sourceVersions) => {
    beforeAll(async () => {
      world = await startWorld({ env: { SOURCE_VERSIONS: sourceVersions } });
    });
    afterAll(() => world.close());

    it.each([false, true])(
      'are isolated where the version of the finding is gone, marker: %s',
      async (hidden) => {
        const bucket = world.bucket('enabled');
        const flagged = await world.upload(bucket, 'a+b é@1.csv', secret);
        const again = await world.upload(bucket, 'a+b é@1.csv', secret);
        drop(flagged);
        if (hidden) await world.s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: flagged.key }));

        const id = await handle(flagged);

        expect(texts(flagged).filter((text) => text !== 'marker')).toEqual([]);
        const key = `objects/000000000000/${bucket}/a+b é@1.csv@${flagged.versionId}`;
        expect(world.text(world.isolationBucket, key)).toBe(secret);
        expect(world.record(id, 'isolated')).toMatchObject({
          version_id: flagged.versionId,
          source_version_id: again.versionId,
          removed_versions: [again.versionId],
          isolation_key: key,
        });
      },
    );

    it('went under another finding, and the one of their ETag alone is told so, not that they are gone', async () => {
      const bucket = world.bucket('enabled');
      for (const key of ['a+b é.csv', 'k'.repeat(980)]) {
        const flagged = await world.upload(bucket, key, secret);
        const neighbour = await world.upload(bucket, `${key}@1`, 'something else');
        await handle(neighbour);
        await handle(flagged);
        await world.upload(bucket, key, 'a new report');

        const byETag = await handle({ ...flagged, versionId: undefined });
        const byOther = await handle({ ...flagged, versionId: 'another' });

        for (const id of [byETag, byOther]) {
          expect(world.record(id, 'already_isolated')).toMatchObject({
            isolation_key: expect.stringMatching(new RegExp(`@${flagged.versionId}$`)),
          });
        }
        const ofOther = await handle({ ...neighbour, key, versionId: undefined });
        expect(world.record(ofOther, 'changed')).toBeDefined();
      }
    });
  },
);

describe('SOURCE_VERSIONS=all', () => {
  beforeAll(async () => {
    world = await startWorld({ env: { SOURCE_VERSIONS: 'all' } });
  });
  afterAll(() => world.close());

  it('copies each version to a key of its own and verifies it before any is deleted', async () => {
    const bucket = world.bucket('enabled');
    const older = await world.upload(bucket, 'a.csv', 'older');
    const flagged = await world.upload(bucket, 'a.csv', secret);
    const newer = await world.upload(bucket, 'a.csv', 'newer');
    const before = world.aws.s3.requests.length;

    const id = await handle(flagged);

    // The key is hidden first, so that none surfaces while they go one by one.
    expect(texts(flagged)).toEqual(['marker']);
    for (const [version, text] of [
      [older, 'older'],
      [flagged, secret],
      [newer, 'newer'],
    ] as const) {
      const key = `objects/000000000000/${bucket}/a.csv@${version.versionId}`;
      expect(world.text(world.isolationBucket, key)).toBe(text);
    }
    const order = world.aws.s3.requests
      .slice(before)
      .filter(({ key }) => !key.startsWith('control/'))
      .map(({ operation }) => operation);
    expect(order.lastIndexOf('CopyObject')).toBeLessThan(order.indexOf('DeleteObject'));
    expect(world.record(id, 'isolated')?.removed_versions.at(-1)).toBe(flagged.versionId);
  });

  it('leaves a version that cannot be copied, hidden', async () => {
    const bucket = world.bucket('enabled');
    const archived = await world.upload(bucket, 'a.csv', 'archived', { StorageClass: 'GLACIER' });
    const flagged = await world.upload(bucket, 'a.csv', secret);

    const id = await handle(flagged);

    expect(texts(flagged)).toEqual(['marker', 'archived']);
    expect(world.record(id, 'isolated')).toMatchObject({ remaining_versions: [archived.versionId] });
  });
});
