import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Uploaded } from '../support/uploaded.ts';
import { startWorld, type World } from '../support/world.ts';

const mib = 1024 ** 2;
const secret = 'name,ssn\nJane Doe,078-05-1120\n';

/** What few objects need, so that it is known which permissions it takes. */
let world: World;
beforeAll(async () => {
  world = await startWorld({
    env: { MULTIPART_THRESHOLD_BYTES: String(5 * mib), MULTIPART_PART_BYTES: String(5 * mib) },
  });
});
afterAll(() => world.close());

async function handle(object: Uploaded): Promise<string> {
  const finding = world.finding(object);
  await world.put(finding);
  await world.untilSettled(finding.id);
  return finding.id;
}

const operationsOn = (bucket: string) =>
  world.aws.s3.requests
    .filter((request) => request.bucket === bucket || request.key.includes(bucket))
    .map(({ operation }) => operation);

describe('an object', () => {
  it('that may not be read although its bucket may is refused, after asking who pays for requests', async () => {
    const bucket = world.bucket();
    const object = await world.upload(bucket, 'a.csv', secret);
    world.aws.s3.faults.inject({
      kind: 'access-denied',
      when: (request) => request.bucket === bucket && request.operation.endsWith('Object'),
    });

    const id = await handle(object);

    expect(world.record(id, 'refused')).toMatchObject({ reason: 'access-denied' });
    expect(operationsOn(bucket)).toContain('GetBucketRequestPayment');
  });

  it.each(['never', 'enabled'] as const)(
    'whose checksum is one of its parts is asked for them: versioning %s',
    async (versioning) => {
      const bucket = world.bucket(versioning);
      const at = { Bucket: bucket, Key: 'parts.csv' };
      const { UploadId } = await world.s3.send(
        new CreateMultipartUploadCommand({ ...at, ChecksumAlgorithm: 'SHA256', ChecksumType: 'COMPOSITE' }),
      );
      const sizes = [6 * mib, 7 * mib, mib];
      const parts = [];
      for (const [index, size] of sizes.entries()) {
        const part = { PartNumber: index + 1, Body: 'x'.repeat(size), ChecksumAlgorithm: 'SHA256' as const };
        const { ETag, ChecksumSHA256 } = await world.s3.send(
          new UploadPartCommand({ ...at, UploadId, ...part }),
        );
        parts.push({ PartNumber: index + 1, ETag, ChecksumSHA256 });
      }
      const done = await world.s3.send(
        new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts: parts } }),
      );
      const eTag = (done.ETag ?? '').replaceAll('"', '');

      const id = await handle({
        bucket,
        key: at.Key,
        eTag,
        versionId: done.VersionId,
        sizeBytes: 14 * mib,
      });

      expect(world.record(id, 'isolated')).toMatchObject({ size_bytes: 14 * mib });
      expect(operationsOn(bucket)).toContain('GetObjectAttributes');
    },
  );

  it('whose copy was cut short is copied from the parts that are there', async () => {
    const bucket = world.bucket();
    const object = await world.upload(bucket, 'large.csv', 'x'.repeat(12 * mib));
    world.aws.s3.faults.inject({
      kind: 'internal-error',
      when: (request) => request.operation === 'CompleteMultipartUpload' && request.key.includes(bucket),
      // All attempts of the first handling.
      times: 5,
    });

    const id = await handle(object);

    expect(world.record(id, 'isolated')).toMatchObject({ receive_count: 2 });
    const operations = operationsOn(bucket);
    expect(operations.filter((operation) => operation === 'UploadPartCopy')).toHaveLength(3);
    expect(operations).toContain('ListParts');
  });

  it('whose metadata have no room for its provenance gets it beside its copy', async () => {
    const bucket = world.bucket();
    const object = await world.upload(bucket, 'a.csv', secret, { Metadata: { note: 'x'.repeat(1_900) } });

    const id = await handle(object);

    const key = world.record(id, 'isolated')?.isolation_key ?? '';
    expect(world.versions(world.isolationBucket, key)[0]?.metadata).toEqual({ note: 'x'.repeat(1_900) });
    // Once the source is gone it is all that the copy can be verified by.
    const again = await handle(object);
    expect(world.record(again, 'already_isolated')).toMatchObject({ isolation_key: key });
  });
});
