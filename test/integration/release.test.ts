import { CreateMultipartUploadCommand, ListPartsCommand, UploadPartCommand } from '@aws-sdk/client-s3';
import pLimit from 'p-limit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createIsolationBucket } from '../../src/aws/s3/isolation/isolation-bucket.ts';
import { createRestorer } from '../../src/aws/s3/source/restorer.ts';
import { createSourceBuckets } from '../../src/aws/s3/source/source-buckets.ts';
import { releaseMark } from '../../src/core/evidence/release-records.ts';
import { release } from '../../src/core/operate/release/release.ts';
import { localAccount, localRegion } from '../../src/local/account.ts';
import type { Uploaded } from '../support/uploaded.ts';
import { startWorld, textOf, type World } from '../support/world.ts';

const mebibyte = 1024 ** 2;
const reason = { who: 'operator', why: 'no person is in it' };
let world: World;

beforeAll(async () => {
  world = await startWorld({ env: { MULTIPART_THRESHOLD_BYTES: String(5 * mebibyte) } });
});
afterAll(() => world.close());

/** As the operator, whose role may write at the source. */
function put(object: Uploaded) {
  const client = world.s3;
  const multipart = { partBytes: 5 * mebibyte, limit: pLimit(4) };
  const common = { multipartThresholdBytes: 5 * mebibyte, multipart };
  const bucket = { owner: localAccount, name: world.isolationBucket, region: localRegion };
  const { bucket: name, key, eTag, versionId } = object;
  return release(
    { accountId: localAccount, bucket: name, key, eTag, ...(versionId !== undefined && { versionId }) },
    reason,
    {
      sourceBuckets: createSourceBuckets({ clientFor: () => client, unconditionalDelete: 'never' }),
      isolationBucket: createIsolationBucket({ ...common, ...bucket, client, sourceClientFor: () => client }),
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
}

async function handle(object: Uploaded, tags: readonly { key: string; value: string }[] = []) {
  const finding = world.finding(object);
  const affected = finding['resourcesAffected'] as { s3Object: Record<string, unknown> };
  affected.s3Object['tags'] = tags;
  await world.put(finding);
  await world.untilSettled(finding.id);
  return finding.id;
}

const current = (bucket: string, key: string) => world.versions(bucket, key)[0];

describe('a release', () => {
  it.each([
    ['an unversioned bucket', 'never'],
    ['a versioned bucket', 'enabled'],
  ] as const)('into %s brings bytes, metadata, headers and tags back, and stays', async (_, versioning) => {
    const bucket = world.bucket(versioning);
    const object = await world.upload(bucket, 'hr/a b+c%?#é\n.csv', 'name\nnobody\n', {
      Metadata: { owner: 'payroll' },
      CacheControl: 'no-store',
      Tagging: 'team=hr&note=a%20%2B%20b',
    });
    await handle(object);
    expect(world.text(bucket, object.key)).toBeUndefined();

    expect(await put(object)).toMatchObject({ kind: 'released' });

    const back = current(bucket, object.key);
    expect(back && textOf(back)).toBe('name\nnobody\n');
    expect(back).toMatchObject({
      metadata: { owner: 'payroll' },
      headers: { 'content-type': 'text/csv', 'cache-control': 'no-store' },
      tags: [
        ['team', 'hr'],
        ['note', 'a + b'],
        [releaseMark, 'true'],
      ],
    });
    // Macie scans it again, and its finding carries the object's tags.
    const again = { ...object, eTag: back?.eTag ?? '', versionId: back?.id };
    const named = versioning === 'enabled' ? again : { ...again, versionId: undefined };
    const id = await handle(named, [{ key: releaseMark, value: 'true' }]);
    expect(world.record(id, 'released')).toMatchObject({ outcome: 'released', bucket });
    expect(world.text(bucket, object.key)).toBe('name\nnobody\n');
  });

  it('marks the metadata where ten tags leave no room for another', async () => {
    const bucket = world.bucket('enabled');
    const tags = Array.from({ length: 10 }, (_, index) => `t${index}=x`);
    const object = await world.upload(bucket, 'a.csv', 'nobody', { Tagging: tags.join('&') });
    await handle(object);

    await put(object);

    const back = current(bucket, 'a.csv');
    expect(back).toMatchObject({ metadata: { [releaseMark]: 'true' } });
    expect(back?.tags).toHaveLength(10);
    const id = await handle({ ...object, versionId: back?.id });
    expect(world.record(id, 'released')).toBeDefined();
  });

  it('puts a large object back in parts, with its metadata and tags', async () => {
    const bucket = world.bucket();
    const large = 'x'.repeat(11 * mebibyte);
    const object = await world.upload(bucket, 'large.csv', large, {
      Metadata: { owner: 'payroll' },
      Tagging: 'team=hr',
    });
    await handle(object);

    expect(await put(object)).toMatchObject({ kind: 'released' });

    const back = current(bucket, 'large.csv');
    expect(back && textOf(back) === large).toBe(true);
    expect(back).toMatchObject({
      metadata: { owner: 'payroll' },
      tags: [
        ['team', 'hr'],
        [releaseMark, 'true'],
      ],
    });
  });

  it('leaves alone what the owner of the bucket has begun to upload to the same key', async () => {
    const bucket = world.bucket();
    const object = await world.upload(bucket, 'large.csv', 'x'.repeat(11 * mebibyte));
    await handle(object);
    const at = { Bucket: bucket, Key: 'large.csv' };
    const { UploadId } = await world.s3.send(new CreateMultipartUploadCommand(at));
    await world.s3.send(new UploadPartCommand({ ...at, UploadId, PartNumber: 1, Body: 'theirs' }));

    expect(await put(object)).toMatchObject({ kind: 'released' });

    expect(current(bucket, 'large.csv')?.tags).toStrictEqual([[releaseMark, 'true']]);
    const { Parts } = await world.s3.send(new ListPartsCommand({ ...at, UploadId }));
    expect(Parts).toHaveLength(1);
  });

  it('never writes over what lies there now', async () => {
    const bucket = world.bucket();
    const object = await world.upload(bucket, 'a.csv', 'flagged');
    await handle(object);
    await world.upload(bucket, 'a.csv', 'a new report');

    expect(await put(object)).toEqual({ kind: 'occupied' });
    expect(world.text(bucket, 'a.csv')).toBe('a new report');
  });

  it('never writes over what came to lie there after it looked', async () => {
    const bucket = world.bucket();
    const object = await world.upload(bucket, 'a.csv', 'flagged');
    await handle(object);
    const isCopyThere = (request: { operation: string; bucket?: string | undefined }) =>
      request.operation === 'CopyObject' && request.bucket === bucket;
    const hold = world.aws.s3.faults.hold(isCopyThere);
    const released = put(object);
    await hold.arrived;
    await world.upload(bucket, 'a.csv', 'a new report');
    hold.release();

    expect(await released).toEqual({ kind: 'occupied' });
    expect(world.text(bucket, 'a.csv')).toBe('a new report');
  });

  it('may be repeated without effect', async () => {
    const bucket = world.bucket();
    const object = await world.upload(bucket, 'a.csv', 'flagged');
    await handle(object);
    await put(object);

    expect(await put(object)).toMatchObject({ kind: 'released' });
    expect(world.text(bucket, 'a.csv')).toBe('flagged');
  });

  it('that its role may not make says so', async () => {
    const bucket = world.bucket();
    const object = await world.upload(bucket, 'a.csv', 'flagged');
    await handle(object);
    world.aws.s3.faults.inject({
      kind: 'access-denied',
      when: ({ operation, bucket: at }) => operation === 'CopyObject' && at === bucket,
      times: 1,
    });

    await expect(put(object)).rejects.toMatchObject({ reason: 'access-denied' });
  });
});
