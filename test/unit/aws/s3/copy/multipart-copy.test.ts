import type { S3Client } from '@aws-sdk/client-s3';
import pLimit from 'p-limit';
import { describe, expect, it } from 'vitest';
import { copyInParts } from '../../../../../src/aws/s3/copy/multipart-copy.ts';
import type { CopyRequest } from '../../../../../src/core/isolation-bucket.ts';
import { storedObject } from '../../../../support/fake-stored-object.ts';
import { flaggedObject } from '../../../../support/findings.ts';

const partBytes = 5 * 1024 ** 2;

/** Answers as S3 does, and notes which upload each part was copied for. */
function arrange() {
  const partsOf: string[] = [];
  const client = {
    async send(command: { constructor: { name: string }; input: { Key?: string } }) {
      const key = command.input.Key ?? '';
      switch (command.constructor.name) {
        case 'CreateMultipartUploadCommand':
          return { UploadId: key };
        case 'UploadPartCopyCommand':
          partsOf.push(key);
          await new Promise((resolve) => setImmediate(resolve));
          return { CopyPartResult: { ETag: 'e' } };
        case 'GetObjectTaggingCommand':
          return { TagSet: [] };
        default:
          return {};
      }
    },
  } as unknown as S3Client;
  const settings = { partBytes, limit: pLimit(4) };
  const copy = (isolationKey: string, parts: number) => {
    const stored = storedObject('x', { sizeBytes: parts * partBytes });
    const checksum = { algorithm: 'CRC64NVME', value: 'AAAAAAAAAAA=', type: 'FULL_OBJECT' as const };
    const request: CopyRequest = { from: flaggedObject(), stored, isolationKey, checksum, metadata: {} };
    const destination = { Bucket: 'isolation', Key: isolationKey, ExpectedBucketOwner: '111122223333' };
    return copyInParts({ own: client, copy: client, source: client }, request, destination, settings);
  };
  return { copy, partsOf };
}

describe('copies in parts', () => {
  it('share the parts in flight: a small one does not wait for all of a large one', async () => {
    const { copy, partsOf } = arrange();
    const large = copy('large', 1_000);
    while (partsOf.length < 20) await new Promise((resolve) => setImmediate(resolve));

    await copy('small', 2);

    expect(partsOf.filter((key) => key === 'large').length).toBeLessThan(100);
    await large;
    expect(partsOf).toHaveLength(1_002);
  });
});
