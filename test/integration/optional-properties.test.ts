import pLimit from 'p-limit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createIsolationBucket } from '../../src/aws/s3/isolation/isolation-bucket.ts';
import { createRestorer } from '../../src/aws/s3/source/restorer.ts';
import { createSourceBuckets } from '../../src/aws/s3/source/source-buckets.ts';
import { keptPropertiesKey, releaseKey } from '../../src/core/evidence/keys.ts';
import { releaseMark } from '../../src/core/evidence/release-records.ts';
import { release } from '../../src/core/operate/release/release.ts';
import { localAccount, localRegion } from '../../src/local/account.ts';
import { S3Error } from '../../src/local/s3/s3-error.ts';
import type { Version } from '../../src/local/s3/store/bucket.ts';
import { checksum, generatedContent } from '../../src/local/s3/store/content.ts';
import { place as placeContent } from '../support/placed.ts';
import type { Uploaded } from '../support/uploaded.ts';
import { startWorld, type World } from '../support/world.ts';

const gib = 1024 ** 3;
const small = 100;
/** More than one CopyObject takes. */
const inParts = 6 * gib;
const sizes = [
  ['single', small],
  ['in parts', inParts],
] as const;

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

type Placed = Partial<Omit<Version, 'id'>> & { readonly key?: string };

/** As an uploader who signs otherwise than we do. */
function place(sizeBytes: number, { key = 'a.csv', ...more }: Placed): Uploaded {
  const content = generatedContent(sizeBytes, 1);
  return placeContent(world.aws.s3.store, { bucket: world.bucket(), key }, content, {
    checksum: { algorithm: 'CRC64NVME', value: checksum(content, 'CRC64NVME'), type: 'FULL_OBJECT' },
    metadata: { owner: 'payroll' },
    headers: { 'content-type': 'text/csv' },
    tags: [['team', 'hr']],
    ...more,
  });
}

/** Isolates the object at the first attempt; answers what the record says of it. */
async function isolate(object: Uploaded) {
  const finding = world.finding(object);
  await world.put(finding);
  await world.untilSettled(finding.id);
  const record = world.record(finding.id, 'isolated');
  expect(record).toMatchObject({ receive_count: 1 });
  expect(world.versions(object.bucket, object.key)).toEqual([]);
  const isolationKey = record?.isolation_key ?? '';
  const kept = world.text(world.isolationBucket, keptPropertiesKey(isolationKey));
  return {
    left: record?.properties_left_behind,
    copy: world.versions(world.isolationBucket, isolationKey)[0],
    kept: kept === undefined ? undefined : (JSON.parse(kept) as Record<string, unknown>),
    email: (await world.alerts()).find(({ findingId }) => findingId === finding.id)?.email,
  };
}

/** As the operator, whose role may write at the source. */
async function putBack({ bucket, key, eTag }: Uploaded) {
  const client = world.s3;
  const common = {
    multipartThresholdBytes: gib,
    multipart: { partBytes: 128 * 1024 ** 2, limit: pLimit(4) },
  };
  const isolation = createIsolationBucket({
    ...common,
    owner: localAccount,
    name: world.isolationBucket,
    region: localRegion,
    client,
    sourceClientFor: () => client,
  });
  const object = { accountId: localAccount, bucket, key, eTag };
  const released = await release(
    object,
    { who: 'operator', why: 'no person is in it' },
    {
      sourceBuckets: createSourceBuckets({ clientFor: () => client, unconditionalDelete: 'never' }),
      isolationBucket: isolation,
      restorer: createRestorer({
        ...common,
        owner: localAccount,
        isolationBucket: world.isolationBucket,
        isolationClient: client,
        clientFor: () => client,
      }),
      clock: () => new Date(),
    },
  );
  if (released.kind !== 'released') throw new Error(released.kind);
  const json = world.text(world.isolationBucket, releaseKey(object, released.eTag)) ?? '{}';
  expect(JSON.parse(json)).toMatchObject({ lost: released.lost });
  return { lost: released.lost, back: world.versions(bucket, key)[0] };
}

const utf8 = Buffer.from('attachment; filename="Gehälter Zoë.csv"', 'utf8').toString('latin1');
const latin1 = 'attachment; filename="Geh\u00e4lter Zo\u00eb.csv"';
const longTags = Array.from({ length: 10 }, (_, index): [string, string] => [
  `${index}${'é'.repeat(100)}`,
  'ü'.repeat(200),
]);
const mark = [releaseMark, 'true'];

describe('a Content-Disposition that HTTP cannot sign', () => {
  it.each([
    ['UTF-8', utf8],
    ['Latin-1', latin1],
  ])('travels inside S3 with a single copy and its release, bytes unchanged: %s', async (_, disposition) => {
    const headers = { 'content-type': 'text/csv', 'content-disposition': disposition };
    const object = place(small, { headers });

    const { left, copy } = await isolate(object);
    expect(left).toEqual([]);
    expect(copy).toMatchObject({ headers, metadata: { owner: 'payroll' } });

    const { lost, back } = await putBack(object);
    expect(lost).toEqual([]);
    expect(back).toMatchObject({ headers, tags: [['team', 'hr'], mark] });
    expect(back?.metadata).toStrictEqual({ owner: 'payroll' });
  });

  it.each([
    ['UTF-8', utf8],
    ['Latin-1', latin1],
  ])('stays behind of a copy in parts, is kept byte for byte and told: %s', async (_, disposition) => {
    const object = place(inParts, {
      headers: { 'content-type': 'text/csv', 'content-disposition': disposition },
    });

    const { left, copy, kept, email } = await isolate(object);
    expect(left).toEqual(['content-disposition']);
    expect(copy?.headers).toStrictEqual({ 'content-type': 'text/csv' });
    expect(copy).toMatchObject({ metadata: { owner: 'payroll' }, tags: [['team', 'hr']] });
    expect(kept).toMatchObject({
      headerEncoding: 'latin1',
      contentHeaders: { contentDisposition: disposition, contentType: 'text/csv' },
    });
    expect(email).toContain('properties left behind: content-disposition');

    const { lost, back } = await putBack(object);
    expect(lost).toEqual(['content-disposition']);
    expect(back?.headers).toStrictEqual({ 'content-type': 'text/csv' });
    expect(back?.metadata).toStrictEqual({ owner: 'payroll' });
    expect(back?.tags).toStrictEqual([['team', 'hr'], mark]);
  });

  it('beside metadata that poses as ours stays behind, and comes back without it', async () => {
    const headers = { 'content-type': 'text/csv', 'content-disposition': utf8 };
    const metadata = { owner: 'payroll', 'isolator-finding-id': 'forged' };
    const object = place(small, { headers, metadata });

    const { left, copy, kept } = await isolate(object);
    expect(left).toEqual(['content-disposition', 'metadata']);
    expect(copy?.metadata).toMatchObject({
      owner: 'payroll',
      'isolator-left-behind': 'content-disposition metadata',
    });
    expect(kept).toMatchObject({ metadata });

    const { lost, back } = await putBack(object);
    expect(lost).toEqual(['content-disposition', 'metadata']);
    expect(back?.metadata).toStrictEqual({ owner: 'payroll' });
  });
});

describe('ten long tags that are not ASCII', () => {
  it.each(sizes)('do not keep the bytes from travelling: %s', async (how, sizeBytes) => {
    const object = place(sizeBytes, { tags: longTags });
    const isSingle = how === 'single';

    const { left, copy, kept } = await isolate(object);
    expect(left).toEqual(isSingle ? [] : ['tags']);
    expect(copy?.tags).toEqual(isSingle ? longTags : []);
    expect(kept?.['tags']).toEqual(isSingle ? undefined : longTags);

    const { lost, back } = await putBack(object);
    expect(lost).toEqual(isSingle ? [] : ['tags']);
    expect(back?.tags).toEqual(isSingle ? longTags : [mark]);
    expect(back?.metadata).toStrictEqual(
      isSingle ? { owner: 'payroll', [releaseMark]: 'true' } : { owner: 'payroll' },
    );
  });
});

describe('more than 8 KB of headers', () => {
  it.each(sizes)('do not keep the bytes from travelling: %s', async (how, sizeBytes) => {
    const disposition = `attachment; filename="${'x'.repeat(6000)}.csv"`;
    const headers = { 'content-type': 'text/csv', 'content-disposition': disposition };
    const metadata = { note: 'y'.repeat(1400) };
    const object = place(sizeBytes, { key: 'é'.repeat(400), headers, metadata });
    const isSingle = how === 'single';

    const { left, copy } = await isolate(object);
    expect(left).toEqual(isSingle ? [] : ['content-disposition']);
    expect(copy?.headers).toStrictEqual(isSingle ? headers : { 'content-type': 'text/csv' });
    expect(copy).toMatchObject({ metadata });

    const { lost, back } = await putBack(object);
    expect(lost).toEqual(isSingle ? [] : ['content-disposition']);
    expect(back?.metadata).toStrictEqual(metadata);
    expect(back?.headers).toStrictEqual(copy?.headers);
  });
});

describe('tags that S3 does not take', () => {
  it.each(sizes)(
    'are left behind, kept beside the copy, and put back by a release: %s',
    async (_, sizeBytes) => {
      const tags: [string, string][] = [
        ['team', 'hr'],
        ['odd', 'x'],
      ];
      const object = place(sizeBytes, { tags });
      world.aws.s3.faults.inject({
        kind: new S3Error('InvalidTag'),
        when: ({ operation, key, headers }) =>
          key.includes(object.bucket) &&
          (operation === 'CopyObject'
            ? headers['x-amz-tagging-directive'] === undefined
            : operation === 'CreateMultipartUpload' && headers['x-amz-tagging'] !== undefined),
      });

      const { left, copy, kept } = await isolate(object);
      expect(left).toEqual(['tags']);
      expect(copy).toMatchObject({ tags: [], metadata: { owner: 'payroll' } });
      expect(kept).toMatchObject({ tags });

      const { lost, back } = await putBack(object);
      expect(lost).toEqual([]);
      expect(back?.tags).toStrictEqual([...tags, mark]);
      expect(back?.metadata).toStrictEqual({ owner: 'payroll' });
    },
  );

  it.each(sizes)('and that the worker may not set are left behind and kept too: %s', async (_, sizeBytes) => {
    const tags: [string, string][] = [['team', 'hr']];
    const object = place(sizeBytes, { tags });
    world.aws.s3.faults.inject({
      kind: 'access-denied',
      when: ({ operation, key, headers }) =>
        key.includes(object.bucket) &&
        (operation === 'CopyObject'
          ? headers['x-amz-tagging-directive'] === undefined
          : operation === 'CreateMultipartUpload' && headers['x-amz-tagging'] !== undefined),
    });

    const { left, copy, kept, email } = await isolate(object);
    expect(left).toEqual(['tags']);
    expect(copy).toMatchObject({ tags: [], metadata: { owner: 'payroll' } });
    expect(copy?.checksum?.value).toBe(checksum(generatedContent(sizeBytes, 1), 'CRC64NVME'));
    expect(kept).toMatchObject({ tags });
    expect(email).toContain('properties left behind: tags');
    const uploads = world.aws.s3.store.bucket(world.isolationBucket).uploads;
    expect([...uploads.values()].filter(({ key }) => key.includes(object.bucket))).toEqual([]);
  });

  it.each(sizes)('and that S3 keeps for itself stay behind alone: %s', async (_, sizeBytes) => {
    const object = place(sizeBytes, {
      tags: [
        ['team', 'hr'],
        ['aws:created-by', 'x'],
      ],
    });
    world.aws.s3.faults.inject({
      kind: new S3Error('InvalidTag'),
      when: ({ operation, key, headers }) =>
        operation === 'CopyObject' &&
        key.includes(object.bucket) &&
        headers['x-amz-tagging-directive'] === undefined,
    });

    const { left, copy } = await isolate(object);
    expect(left).toEqual(['tags']);
    expect(copy?.tags).toEqual([['team', 'hr']]);

    const { lost, back } = await putBack(object);
    expect(lost).toEqual(['tags']);
    expect(back?.tags).toStrictEqual([['team', 'hr'], mark]);
  });
});

describe('headers that S3 refuses although we took them for good', () => {
  const refusing = [
    'SignatureDoesNotMatch',
    'MetadataTooLarge',
    'RequestHeaderSectionTooLarge',
    'InvalidArgument',
  ] as const;
  it.each([
    ...refusing.map((code) => [code, 'single', small] as const),
    ['RequestHeaderSectionTooLarge', 'in parts', inParts] as const,
  ])('stay behind only where S3 cannot copy them itself: %s, %s', async (code, how, sizeBytes) => {
    const object = place(sizeBytes, {});
    const conditions: (string | undefined)[] = [];
    world.aws.s3.faults.inject({
      kind: new S3Error(code),
      when: ({ operation, key, headers }) => {
        if (!key.includes(object.bucket)) return false;
        if (operation === 'CopyObject')
          conditions.push(headers['if-none-match'], headers['x-amz-copy-source-if-match']);
        return (
          ['CopyObject', 'CreateMultipartUpload'].includes(operation) &&
          headers['x-amz-meta-owner'] !== undefined
        );
      },
    });
    const isSingle = how === 'single';

    const { left, copy } = await isolate(object);
    expect(left).toEqual(isSingle ? [] : ['content-type', 'metadata', 'tags']);
    expect(copy?.checksum?.value).toBe(checksum(generatedContent(sizeBytes, 1), 'CRC64NVME'));
    const expected = ['*', `"${object.eTag}"`];
    expect(conditions.every((value, index) => value === expected[index % 2])).toBe(true);

    const { lost, back } = await putBack(object);
    expect(lost).toEqual([]);
    expect(back).toMatchObject({
      metadata: { owner: 'payroll' },
      headers: { 'content-type': 'text/csv' },
      tags: [['team', 'hr'], mark],
    });
  });
});

describe('website redirect and storage class', () => {
  it.each(sizes)('are kept and put back by a release: %s', async (_, sizeBytes) => {
    const object = place(sizeBytes, { websiteRedirect: '/elsewhere.html', storageClass: 'STANDARD_IA' });

    const { left, copy } = await isolate(object);
    expect(left).toEqual(['website-redirect-location']);
    expect(copy).toMatchObject({ websiteRedirect: undefined, storageClass: 'STANDARD' });

    const { lost, back } = await putBack(object);
    expect(lost).toEqual([]);
    expect(back).toMatchObject({ websiteRedirect: '/elsewhere.html', storageClass: 'STANDARD_IA' });
  });

  it('of an archive that had been made readable comes back as STANDARD, which is said', async () => {
    const object = place(small, { storageClass: 'GLACIER', restore: 'done' });
    await isolate(object);

    const { lost, back } = await putBack(object);
    expect(lost).toEqual(['storage-class']);
    expect(back?.storageClass).toBe('STANDARD');
  });
});

describe('a restored object', () => {
  it('does not carry our provenance', async () => {
    const object = place(small, {});
    await isolate(object);

    const { back } = await putBack(object);

    expect(back?.metadata).toStrictEqual({ owner: 'payroll' });
  });
});
