import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { S3Answer } from '../../src/local/s3/exchange.ts';
import type { FaultKind } from '../../src/local/s3/faults.ts';
import { S3Error } from '../../src/local/s3/s3-error.ts';
import type { Version } from '../../src/local/s3/store/bucket.ts';
import type { Uploaded } from '../support/uploaded.ts';
import { startWorld, textOf, type World } from '../support/world.ts';

const mib = 1024 ** 2;
const secret = 'name,ssn\nJane Doe,078-05-1120\n';
let world: World;

beforeAll(async () => {
  const large = { MULTIPART_THRESHOLD_BYTES: String(8 * mib), MULTIPART_PART_BYTES: String(5 * mib) };
  world = await startWorld({ env: { PARK_AFTER_RECEIVES: '3', ...large } });
});
afterAll(() => world.close());

async function handle(object: Uploaded): Promise<string> {
  const finding = world.finding(object);
  await world.put(finding);
  await world.untilSettled(finding.id);
  return finding.id;
}

const change = ({ bucket, key }: Uploaded, to: Partial<Version>) => {
  const [version, ...older] = world.versions(bucket, key);
  if (version) world.aws.s3.store.bucket(bucket).objects.set(key, [{ ...version, ...to }, ...older]);
};
const operations = ({ bucket }: Uploaded) =>
  world.aws.s3.requests
    .filter((request) => request.bucket === bucket || request.key.includes(bucket))
    .map(({ operation }) => operation);
const copyOf = (object: Uploaded, attempt = '') =>
  world.versions(
    world.isolationBucket,
    `objects/000000000000/${object.bucket}/${object.key}@${object.eTag}${attempt}`,
  )[0];
/** What the store answers to this operation about this object, as often as told. */
const misbehave = (
  { bucket }: Uploaded,
  operation: string,
  kind: FaultKind,
  times = Number.POSITIVE_INFINITY,
) =>
  world.aws.s3.faults.inject({
    kind,
    when: (request) =>
      request.operation === operation && (request.bucket === bucket || request.key.includes(bucket)),
    times,
  });
const withoutHeaders =
  (names: RegExp) =>
  (answer: S3Answer): S3Answer => {
    const kept = Object.entries(answer.headers ?? {}).filter(([name]) => !names.test(name));
    return { ...answer, headers: Object.fromEntries(kept) };
  };
const withoutChecksums = {
  alter: (answer: S3Answer): S3Answer => ({
    ...withoutHeaders(/^x-amz-checksum/)(answer),
    ...(answer.xml !== undefined && { xml: answer.xml.replace(/<Checksum.*?>.*?<\/Checksum.*?>/g, '') }),
  }),
};

/** As its owner uploads a large object. */
async function uploadInParts(
  bodies: readonly string[],
  more: Partial<CreateMultipartUploadCommandInput>,
): Promise<Uploaded> {
  const target = { Bucket: world.bucket(), Key: 'large.csv' };
  const { UploadId } = await world.s3.send(new CreateMultipartUploadCommand({ ...target, ...more }));
  const Parts = [];
  for (const [index, Body] of bodies.entries()) {
    const PartNumber = index + 1;
    const { ChecksumAlgorithm } = more;
    const part = await world.s3.send(
      new UploadPartCommand({
        ...target,
        UploadId,
        PartNumber,
        Body,
        ...(ChecksumAlgorithm && { ChecksumAlgorithm }),
      }),
    );
    Parts.push({ ...part, PartNumber });
  }
  const { ETag = '' } = await world.s3.send(
    new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts } }),
  );
  const sizeBytes = bodies.join('').length;
  return { bucket: target.Bucket, key: target.Key, eTag: ETag.replaceAll('"', ''), sizeBytes };
}

describe('a copy is verified', () => {
  it.each(['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const)(
    "by the source's own checksum, in S3 alone: %s",
    async (algorithm) => {
      const object = await world.upload(world.bucket(), 'a.csv', secret, { ChecksumAlgorithm: algorithm });

      const id = await handle(object);

      expect(world.record(id, 'isolated')).toMatchObject({
        checksum_algorithm: algorithm,
        checksum: copyOf(object)?.checksum?.value,
        checksum_type: 'FULL_OBJECT',
      });
      expect(operations(object)).toEqual(['PutObject', 'HeadObject', 'CopyObject', 'DeleteObject']);
    },
  );

  it('by one CopyObject where parts could not prove it, though it is above the threshold', async () => {
    const body = 'x'.repeat(9 * mib);
    const object = await world.upload(world.bucket(), 'a.csv', body, { ChecksumAlgorithm: 'SHA256' });

    const id = await handle(object);

    expect(world.record(id, 'isolated')).toMatchObject({ checksum_algorithm: 'SHA256' });
    expect(operations(object)).toContain('CopyObject');
  });

  it('by the MD5 that the ETag of a single part is, where S3 has no checksum', async () => {
    const object = await world.upload(world.bucket(), 'a.csv', secret);
    change(object, { checksum: undefined });

    const id = await handle(object);

    expect(world.record(id, 'isolated')).toMatchObject({ checksum_algorithm: 'MD5' });
    expect(operations(object)).not.toContain('GetObject');
  });

  const parts = ['x'.repeat(6 * mib), 'y'.repeat(5 * mib), 'z'.repeat(10)];

  it('by a composite checksum over the very parts of the source', async () => {
    const object = await uploadInParts(parts, { ChecksumAlgorithm: 'SHA256' });

    const id = await handle(object);

    expect(world.record(id, 'isolated')).toMatchObject({
      checksum_algorithm: 'SHA256',
      checksum_type: 'COMPOSITE',
    });
    expect(copyOf(object)?.parts?.map(({ sizeBytes }) => sizeBytes)).toEqual([6 * mib, 5 * mib, 10]);
    expect(operations(object)).not.toContain('GetObject');
  });

  it('by a composite checksum of a single small part, of which S3 copies no range', async () => {
    const object = await uploadInParts([secret], { ChecksumAlgorithm: 'CRC32' });

    const id = await handle(object);

    expect(world.record(id, 'isolated')).toMatchObject({
      checksum_algorithm: 'CRC32',
      checksum_type: 'COMPOSITE',
    });
    expect(copyOf(object)?.eTag).toMatch(/-1$/);
  });

  it.each<[string, FaultKind]>([
    ['may not be asked', 'access-denied'],
    ['cannot be asked of this store', new S3Error('NotImplemented')],
    [
      'are not told',
      { alter: (answer) => ({ ...answer, xml: (answer.xml ?? '').replace(/<Part>.*<\/Part>/, '') }) },
    ],
  ])('by reading it where the parts of the source %s', async (_, kind) => {
    const object = await uploadInParts(parts, { ChecksumAlgorithm: 'SHA256' });
    misbehave(object, 'GetObjectAttributes', kind);

    const id = await handle(object);

    expect(world.record(id, 'isolated')).toMatchObject({
      checksum_algorithm: 'SHA256',
      checksum_type: 'FULL_OBJECT',
    });
    expect(operations(object).filter((name) => name === 'GetObject')).toHaveLength(1);
  });

  it('by reading it where a KMS key makes the ETag no MD5 and S3 has no checksum', async () => {
    const object = await world.upload(world.bucket(), 'a.csv', secret, {
      ServerSideEncryption: 'aws:kms',
      SSEKMSKeyId: 'their-key',
    });
    change(object, { checksum: undefined });

    const id = await handle(object);

    expect(world.record(id, 'isolated')).toMatchObject({ checksum_algorithm: 'SHA256' });
    expect(operations(object).filter((name) => name === 'GetObject')).toHaveLength(1);
  });
});

describe('a read that is cut off or comes with other bytes', () => {
  const unknown = async () => {
    const object = await world.upload(world.bucket(), 'a.csv', secret, {
      ServerSideEncryption: 'aws:kms',
      SSEKMSKeyId: 'their-key',
    });
    change(object, { checksum: undefined });
    return object;
  };
  const cut: FaultKind = {
    alter: (answer) => ({
      ...answer,
      headers: { ...answer.headers, 'content-length': '5' },
      content: [{ block: Buffer.from(secret), start: 0, sizeBytes: 5 }],
    }),
  };

  it.each<[string, FaultKind]>([
    ['breaks off', 'broken-body'],
    ['is short, and says so', cut],
  ])('proves nothing, and is tried again: it %s', async (_, kind) => {
    const object = await unknown();
    misbehave(object, 'GetObject', kind, 1);

    const id = await handle(object);

    expect(world.record(id, 'isolated')).toMatchObject({ receive_count: 2 });
    expect(copyOf(object) && textOf(copyOf(object) as Version)).toBe(secret);
  });

  it('lets no copy pass that does not fit, and leaves the source', async () => {
    const object = await unknown();
    const other = secret.replace('Jane', 'Joan');
    misbehave(object, 'GetObject', {
      alter: (answer) => ({
        ...answer,
        content: [{ block: Buffer.from(other), start: 0, sizeBytes: other.length }],
      }),
    });

    const id = await handle(object);

    expect(world.text(object.bucket, 'a.csv')).toBe(secret);
    expect(world.record(id, 'refused')).toMatchObject({ reason: 'verification-failed' });
  });
});

describe('a store that is not quite S3', () => {
  it.each<[string, string, FaultKind]>([
    ['answers a copy without its checksum', 'CopyObject', withoutChecksums],
    ['shows no checksum by HEAD', 'HeadObject', withoutChecksums],
  ])('%s: another proof is found', async (_, operation, kind) => {
    const object = await world.upload(world.bucket(), 'a.csv', secret);
    misbehave(object, operation, kind);

    const id = await handle(object);

    expect(world.record(id, 'isolated')).toBeDefined();
    expect(world.versions(object.bucket, 'a.csv')).toEqual([]);
  });

  it('shows no checksum of the copy at all: it is read', async () => {
    const object = await world.upload(world.bucket(), 'a.csv', secret);
    misbehave(object, 'CopyObject', withoutChecksums);
    world.aws.s3.faults.inject({
      kind: withoutChecksums,
      when: ({ operation, bucket, key }) =>
        operation === 'HeadObject' && bucket === world.isolationBucket && key.includes(object.bucket),
    });

    const id = await handle(object);

    expect(world.record(id, 'isolated')).toMatchObject({ checksum_algorithm: 'CRC32' });
    expect(operations(object).filter((name) => name === 'GetObject')).toHaveLength(1);
  });

  const unsupported = new S3Error('InvalidRequest', 'Checksum algorithm provided is unsupported.');

  it('does not know the checksum: it copies without, and the copy is read', async () => {
    const object = await world.upload(world.bucket(), 'a.csv', secret);
    change(object, { checksum: undefined });
    world.aws.s3.faults.inject({
      kind: unsupported,
      when: ({ headers, key }) =>
        key.includes(object.bucket) && headers['x-amz-checksum-algorithm'] !== undefined,
    });

    const id = await handle(object);

    expect(world.record(id, 'isolated')).toMatchObject({ checksum_algorithm: 'MD5', receive_count: 1 });
    expect(operations(object).filter((name) => name === 'GetObject')).toHaveLength(1);
  });

  it('knows no checksums, lists no uploads and shows no tags: a large object is isolated all the same', async () => {
    const object = await world.upload(world.bucket(), 'a.csv', 'x'.repeat(9 * mib));
    world.aws.s3.faults.inject({
      kind: unsupported,
      when: ({ headers, key }) =>
        key.includes(object.bucket) && headers['x-amz-checksum-algorithm'] !== undefined,
    });
    world.aws.s3.faults.inject({
      kind: new S3Error('NotImplemented'),
      when: ({ operation }) => operation === 'ListMultipartUploads',
    });
    misbehave(object, 'GetObjectTagging', new S3Error('NotImplemented'));

    const id = await handle(object);

    expect(world.record(id, 'isolated')).toMatchObject({ tags_copied: false, receive_count: 1 });
    expect(operations(object)).toContain('CompleteMultipartUpload');
    expect(copyOf(object)?.sizeBytes).toBe(9 * mib);
  });

  it('cannot copy parts: a single CopyObject makes the copy', async () => {
    const object = await world.upload(world.bucket(), 'a.csv', 'x'.repeat(9 * mib));
    misbehave(object, 'UploadPartCopy', new S3Error('NotImplemented'));

    const id = await handle(object);

    expect(world.record(id, 'isolated')).toMatchObject({ receive_count: 1 });
    expect(operations(object)).toContain('AbortMultipartUpload');
    expect(copyOf(object)?.sizeBytes).toBe(9 * mib);
  });

  it('tells no version id of what lies there now: the flagged version is found all the same', async () => {
    const bucket = world.bucket('enabled');
    const object = await world.upload(bucket, 'a.csv', secret);
    await world.upload(bucket, 'a.csv', 'newer');
    misbehave(object, 'HeadObject', { alter: withoutHeaders(/^x-amz-version-id$/) }, 1);

    const id = await handle({ ...object, versionId: undefined });

    expect(world.record(id, 'isolated')).toMatchObject({ removed_versions: [object.versionId] });
    expect(world.versions(bucket, 'a.csv').map(textOf)).toEqual(['newer']);
  });

  it('does not know If-None-Match on a copy: nothing is copied unguarded', async () => {
    const object = await world.upload(world.bucket(), 'a.csv', secret);
    world.aws.s3.faults.inject({
      kind: new S3Error('NotImplemented'),
      when: ({ headers, key, operation }) =>
        operation === 'CopyObject' && key.includes(object.bucket) && headers['if-none-match'] !== undefined,
    });

    const id = await handle(object);

    expect(world.text(object.bucket, 'a.csv')).toBe(secret);
    expect(copyOf(object)).toBeUndefined();
    expect(world.record(id, 'refused')).toMatchObject({ reason: 'NotImplemented' });
  });

  it.each<[string, string, (answer: S3Answer) => S3Answer]>([
    ['answers HEAD without an ETag', 'HeadObject', withoutHeaders(/^etag$/)],
    [
      'begins an upload without an id',
      'CreateMultipartUpload',
      (answer) => ({ ...answer, xml: (answer.xml ?? '').replace(/<UploadId>.*<\/UploadId>/, '') }),
    ],
  ])('%s once: that is asked again, and nothing is concluded from it', async (_, operation, alter) => {
    const object = await world.upload(world.bucket(), 'a.csv', 'x'.repeat(9 * mib));
    misbehave(object, operation, { alter }, 1);

    const id = await handle(object);

    expect(world.record(id, 'isolated')).toMatchObject({ receive_count: 2 });
    expect(operations(object)).not.toContain('CopyObject');
  });

  it('lies about what it copied: the source stays, however often it lies', async () => {
    const object = await world.upload(world.bucket(), 'a.csv', secret);
    misbehave(object, 'CopyObject', {
      alter: (answer) => ({ ...answer, xml: (answer.xml ?? '').replace(/(<Checksum\w+>)[^<]{4}/, '$1AAAA') }),
    });

    const id = await handle(object);

    expect(world.text(object.bucket, 'a.csv')).toBe(secret);
    expect(world.record(id, 'refused')).toMatchObject({ reason: 'verification-failed' });
  });
});

describe('an answer that is not from S3', () => {
  it.each([
    ['DeleteObject', 200],
    ['DeleteObject', 204],
    ['DeleteObject', 404],
    ['PutObject', 204],
    ['HeadObject', 301],
  ] as const)('%s with status %i and nothing in it is not believed', async (operation, status) => {
    for (const versioning of ['never', 'enabled'] as const) {
      const object = await world.upload(world.bucket(versioning), 'a.csv', secret);
      const finding = world.finding(object);
      world.aws.s3.faults.inject({
        kind: { instead: { status } },
        when: ({ operation: name, bucket, key }) =>
          name === operation && (bucket === object.bucket || key.includes(finding.id)),
        times: 1,
      });

      await world.put(finding);
      await world.untilSettled(finding.id);

      expect(world.record(finding.id, 'isolated')).toBeDefined();
      expect(world.versions(object.bucket, 'a.csv')).toEqual([]);
    }
  });

  it('HeadObject with a 404 makes no version gone that is listed', async () => {
    const object = await world.upload(world.bucket('enabled'), 'a.csv', secret);
    misbehave(object, 'HeadObject', { instead: { status: 404 } }, 2);

    const id = await handle(object);

    // The listing shows the version, and the second HEAD is answered by S3: nothing has to come again.
    expect(world.record(id, 'isolated')).toMatchObject({ receive_count: 1 });
  });
});

describe('metadata', () => {
  it.each<[string, Partial<Version>]>([
    ['that leaves no room for the provenance', { metadata: { note: 'x'.repeat(1_900) } }],
    ['that HTTP cannot show', { missingMetadata: 2 }],
    ['whose Expires is no date', { headers: { 'content-type': 'text/csv', expires: '0' } }],
  ])('%s travels as it is, and the provenance lies beside the copy', async (_, properties) => {
    const object = await world.upload(world.bucket(), 'a.csv', secret);
    change(object, properties);
    const before = world.keys('provenance/').length;

    const id = await handle(object);

    expect(copyOf(object)).toMatchObject(properties);
    expect(world.record(id, 'isolated')).toBeDefined();
    expect(world.keys('provenance/')).toHaveLength(before + 1);
    // A second finding is told by the provenance alone that the first was done.
    const again = await handle(object);
    expect(world.record(again, 'already_isolated')).toMatchObject({ copied_for_finding_id: id });
  });

  it('that HTTP cannot show keeps a large object from being copied in parts, which would lose it', async () => {
    const object = await world.upload(world.bucket(), 'a.csv', 'x'.repeat(9 * mib));
    change(object, { missingMetadata: 1 });

    await handle(object);

    expect(operations(object)).toContain('CopyObject');
    expect(copyOf(object)).toMatchObject({ missingMetadata: 1 });
  });
});
