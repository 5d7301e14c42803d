import { CreateMultipartUploadCommand, UploadPartCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { localAccount } from '../../src/local/account.ts';
import { asciiJson } from '../../src/local/ascii-json.ts';
import { S3Error } from '../../src/local/s3/s3-error.ts';
import { checksum, generatedContent, sizeOf, toBuffer } from '../../src/local/s3/store/content.ts';
import { hardKeys } from '../support/hard-keys.ts';
import { place as placeContent } from '../support/placed.ts';
import type { Uploaded } from '../support/uploaded.ts';
import { startWorld, type World } from '../support/world.ts';

const mib = 1024 ** 2;
const gib = 1024 ** 3;
const inFlight = 2;
/** The SDK's own, for each call (src/aws/sdk/clients.ts). */
const attempts = 5;

function place(world: World, bucket: string, key: string, sizeBytes: number, seed = 1): Uploaded {
  const content = generatedContent(sizeBytes, seed);
  return placeContent(world.aws.s3.store, { bucket, key }, content, {
    checksum: { algorithm: 'CRC64NVME', value: checksum(content, 'CRC64NVME'), type: 'FULL_OBJECT' },
    metadata: { origin: 'generated' },
    headers: { 'content-type': 'application/parquet' },
    tags: [['team', 'data + more: é']],
  });
}

async function handle(world: World, object: Uploaded): Promise<string> {
  const finding = world.finding(object);
  await world.send(asciiJson(JSON.stringify(finding)));
  await world.untilSettled(finding.id);
  return finding.id;
}

const copyOf = (world: World, id: string) => {
  const key = world.record(id, 'isolated')?.isolation_key ?? '';
  return world.versions(world.isolationBucket, key)[0];
};

const operations = (world: World, bucket: string) =>
  world.aws.s3.requests
    .filter((request) => request.bucket === bucket || request.key.includes(bucket))
    .map(({ operation }) => operation);

describe('an object above the limit of one CopyObject', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.close());

  it.each(['never', 'enabled'] as const)(
    'is copied in parts and removed: 6 GB, versioning %s',
    async (versioning) => {
      const bucket = world.bucket(versioning);
      const object = place(world, bucket, 'six-gigabytes.parquet', 6 * gib);

      const id = await handle(world, object);

      expect(world.versions(bucket, object.key)).toEqual([]);
      expect(copyOf(world, id)).toMatchObject({
        sizeBytes: 6 * gib,
        checksum: { algorithm: 'CRC64NVME', value: checksum(generatedContent(6 * gib, 1), 'CRC64NVME') },
        metadata: { origin: 'generated' },
        headers: { 'content-type': 'application/parquet' },
        tags: [['team', 'data + more: é']],
      });
      expect(operations(world, bucket).filter((name) => name === 'UploadPartCopy')).toHaveLength(48);
      expect(operations(world, bucket)).not.toContain('CopyObject');
    },
  );
});

describe('an object above the multipart threshold', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld({
      env: {
        MULTIPART_THRESHOLD_BYTES: String(5 * mib),
        MULTIPART_PART_BYTES: String(5 * mib),
        MULTIPART_CONCURRENCY: String(inFlight),
      },
    });
  });
  afterAll(() => world.close());

  it.each(hardKeys)('has a hard key, %j', async (key) => {
    const bucket = world.bucket();
    const object = place(world, bucket, key, 12 * mib + 345);

    const id = await handle(world, object);

    expect(world.versions(bucket, key)).toEqual([]);
    expect(sizeOf(copyOf(world, id)?.content ?? [])).toBe(object.sizeBytes);
    expect(operations(world, bucket)).toContain('CompleteMultipartUpload');
  });

  it('is not copied again where its verified copy is there, however often it comes', async () => {
    const bucket = world.bucket('enabled');
    const object = place(world, bucket, 'held.csv', 12 * mib);
    const [version] = world.versions(bucket, object.key);
    if (version) version.legalHold = true;
    const parts: number[] = [];

    for (const _ of ['first', 'second', 'third']) {
      const id = await handle(world, object);
      expect(world.record(id, 'retained')).toMatchObject({ reason: 'legal-hold' });
      parts.push(operations(world, bucket).filter((name) => name === 'UploadPartCopy').length);
    }

    expect(parts).toStrictEqual([3, 3, 3]);
  });

  it('starts anew after a part failed, leaves no unfinished upload, and isolates', async () => {
    const bucket = world.bucket();
    const object = place(world, bucket, 'a.csv', 12 * mib);
    let parts = 0;
    world.aws.s3.faults.inject({
      kind: 'access-denied',
      when: (request) => {
        if (request.operation === 'UploadPartCopy' && request.key.includes(bucket)) parts += 1;
        return request.operation === 'UploadPartCopy' && request.key.includes(bucket) && parts === 2;
      },
      times: 1,
    });

    const id = await handle(world, object);

    expect(world.versions(bucket, 'a.csv')).toEqual([]);
    expect(world.record(id, 'isolated')).toMatchObject({ receive_count: 2 });
    expect(world.aws.s3.store.bucket(world.isolationBucket).uploads.size).toBe(0);
    expect(operations(world, bucket)).toContain('AbortMultipartUpload');
  });

  it('goes on with an upload that was begun before and has no part yet', async () => {
    const bucket = world.bucket();
    const object = place(world, bucket, 'a.csv', 12 * mib);
    await world.s3.send(
      new CreateMultipartUploadCommand({
        Bucket: world.isolationBucket,
        Key: `objects/${localAccount}/${bucket}/a.csv@${object.eTag}`,
        ChecksumAlgorithm: 'CRC64NVME',
        ChecksumType: 'FULL_OBJECT',
      }),
    );

    await handle(world, object);

    expect(world.versions(bucket, 'a.csv')).toEqual([]);
    expect(operations(world, bucket).filter((name) => name === 'CreateMultipartUpload')).toHaveLength(1);
    expect(operations(world, bucket).filter((name) => name === 'ListParts')).toHaveLength(1);
  });

  it('believes no completion whose answer is lost, and looks instead', async () => {
    const bucket = world.bucket();
    const object = place(world, bucket, 'a.csv', 12 * mib);
    world.aws.s3.faults.inject({
      kind: 'lost-response',
      when: (request) => request.operation === 'CompleteMultipartUpload',
      times: 1,
    });

    const id = await handle(world, object);

    expect(world.versions(bucket, 'a.csv')).toEqual([]);
    expect(copyOf(world, id)?.sizeBytes).toBe(12 * mib);
  });

  it('copies nothing of an object that is overwritten in the middle', async () => {
    const bucket = world.bucket();
    const object = place(world, bucket, 'a.csv', 12 * mib);
    const hold = world.aws.s3.faults.hold(
      (request) => request.operation === 'UploadPartCopy' && request.key.includes(bucket),
    );
    const finding = world.finding(object);
    await world.put(finding);
    await hold.arrived;
    place(world, bucket, 'a.csv', 12 * mib, 2);
    hold.release();
    await world.untilSettled(finding.id);

    expect(world.record(finding.id, 'changed')).toBeDefined();
    expect(world.versions(bucket, 'a.csv')).toHaveLength(1);
    expect(world.copies().filter((key) => key.includes(bucket))).toEqual([]);
    expect(uploadsOf(bucket)).toEqual([]);
  });

  const isPartOf = (bucket: string) => (request: { operation: string; key: string }) =>
    request.operation === 'UploadPartCopy' && request.key.includes(bucket);
  const uploadsOf = (bucket: string) =>
    [...world.aws.s3.store.bucket(world.isolationBucket).uploads.values()].filter(({ key }) =>
      key.includes(bucket),
    );
  /** Parts that were copied, counting what was copied twice. */
  const partsCopied = (bucket: string) =>
    world.aws.s3.requests.filter((request) => isPartOf(bucket)(request) && request.status === 200).length;

  it('goes on from its finished parts where credentials run out in the middle', async () => {
    const bucket = world.bucket();
    const object = place(world, bucket, 'a.csv', 40 * mib);
    let asked = 0;
    world.aws.s3.faults.inject({
      kind: new S3Error('ExpiredToken'),
      when: (request) => {
        if (isPartOf(bucket)(request)) asked += 1;
        return isPartOf(bucket)(request) && asked === 5;
      },
      times: 1,
    });

    const id = await handle(world, object);

    expect(world.record(id, 'isolated')).toMatchObject({ receive_count: 2 });
    expect(partsCopied(bucket)).toBe(8);
    expect(operations(world, bucket).filter((name) => name === 'CreateMultipartUpload')).toHaveLength(1);
    expect(copyOf(world, id)).toMatchObject({ sizeBytes: 40 * mib, tags: [['team', 'data + more: é']] });
  });

  it('copies again at most the parts in flight where a worker dies, and another finishes', async () => {
    const bucket = world.bucket();
    const object = place(world, bucket, 'a.csv', 60 * mib);
    const finding = world.finding(object);
    let asked = 0;
    // The worker's end: what it has asked for is still done, but it hears of nothing.
    world.aws.s3.faults.inject({
      kind: 'lost-response',
      when: (request) => {
        if (isPartOf(bucket)(request)) asked += 1;
        return isPartOf(bucket)(request) && asked > 5;
      },
      times: inFlight * attempts,
    });

    await world.send(JSON.stringify(finding));
    await world.untilSettled(finding.id);

    const repeatedBySdk = inFlight * (attempts - 1);
    expect(world.record(finding.id, 'isolated')).toMatchObject({ receive_count: 2 });
    expect(partsCopied(bucket) - repeatedBySdk).toBeLessThanOrEqual(12 + inFlight);
    expect(copyOf(world, finding.id)?.sizeBytes).toBe(60 * mib);
  });

  it.each<[string, number, number]>([
    ['holds other bytes', 5 * mib, 99],
    ['has parts of another size', 6 * mib, 1],
  ])('aborts an upload that is not of these bytes and begins anew: it %s', async (_, partBytes, seed) => {
    const bucket = world.bucket();
    const object = place(world, bucket, 'a.csv', 12 * mib);
    const target = {
      Bucket: world.isolationBucket,
      Key: `objects/${localAccount}/${bucket}/a.csv@${object.eTag}`,
    };
    const { UploadId } = await world.s3.send(
      new CreateMultipartUploadCommand({
        ...target,
        ChecksumAlgorithm: 'CRC64NVME',
        ChecksumType: 'FULL_OBJECT',
      }),
    );
    const Body = toBuffer(generatedContent(partBytes, seed));
    await world.s3.send(
      new UploadPartCommand({ ...target, UploadId, PartNumber: 1, Body, ChecksumAlgorithm: 'CRC64NVME' }),
    );

    const id = await handle(world, object);

    expect(world.record(id, 'isolated')).toMatchObject({ receive_count: 1, tags_copied: true });
    expect(copyOf(world, id)?.checksum?.value).toBe(checksum(generatedContent(12 * mib, 1), 'CRC64NVME'));
    expect(uploadsOf(bucket)).toEqual([]);
  });

  it.each([
    ['another writes to the key at the moment', 'ConditionalRequestConflict'],
    ['a part is not what it was', 'InvalidPart'],
    ['the parts are not the object', 'BadDigest'],
  ] as const)('begins anew where a completion says that %s', async (_, code) => {
    const bucket = world.bucket();
    const object = place(world, bucket, 'a.csv', 12 * mib);
    world.aws.s3.faults.inject({
      kind: { in200: new S3Error(code) },
      when: (request) => request.operation === 'CompleteMultipartUpload' && request.key.includes(bucket),
      times: attempts,
    });

    const id = await handle(world, object);

    expect(world.record(id, 'isolated')).toMatchObject({ receive_count: 2 });
    expect(operations(world, bucket).filter((name) => name === 'CreateMultipartUpload')).toHaveLength(2);
    expect(uploadsOf(bucket)).toEqual([]);
  });

  it('finds the copy that another worker finished before, and aborts its own', async () => {
    const bucket = world.bucket();
    const object = place(world, bucket, 'a.csv', 12 * mib);
    const hold = world.aws.s3.faults.hold(
      (request) => request.operation === 'CompleteMultipartUpload' && request.key.includes(bucket),
    );
    const finding = world.finding(object);
    await world.put(finding);
    const { key } = await hold.arrived;
    place(world, world.isolationBucket, key, 12 * mib);
    hold.release();
    await world.untilSettled(finding.id);

    expect(world.versions(bucket, 'a.csv')).toEqual([]);
    expect(world.record(finding.id, 'isolated')).toMatchObject({ isolation_key: key });
    expect(world.versions(world.isolationBucket, key)).toHaveLength(1);
    expect(uploadsOf(bucket)).toEqual([]);
  });
});
