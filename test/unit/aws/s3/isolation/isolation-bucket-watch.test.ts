import type { S3Client } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { watchIsolationBucket } from '../../../../../src/aws/s3/isolation/isolation-bucket-watch.ts';

/** The result of the first check, where HeadBucket is answered so. */
async function checked(answer: object): Promise<unknown> {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const client = { send: async () => answer } as unknown as S3Client;
  const watch = watchIsolationBucket(client, { name: 'isolation', owner: '111122223333' }, resolve);
  watch.start();
  const result = await promise;
  watch.stop();
  return result;
}

it.each([
  [{ BucketRegion: 'eu-central-1', $metadata: {} }],
  [{ $metadata: { requestId: 'a store that names no region' } }],
])('a bucket that S3 answers for can be used: %j', async (answer) => {
  expect(await checked(answer)).toBeUndefined();
});

it('a bucket that only a proxy answers for cannot be used', async () => {
  expect(await checked({ $metadata: { httpStatusCode: 200 } })).toMatchObject({
    code: 'AnswerWithoutRequestId',
  });
});
