import type { S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { createIsolationProbe } from '../../../../../src/aws/s3/isolation/isolation-probe.ts';
import { IsolationFaultError } from '../../../../../src/core/errors.ts';
import type { BucketCall, CopyRequest, IsolationBucket } from '../../../../../src/core/isolation-bucket.ts';

const since = new Date('2026-11-20T20:00:00.000Z');
const beside = '.probe/20261120T200000Z-worker-1';

/** Makes the probe of a halt that this call began; `isRefused` tells of each call whether it is refused now. */
async function probe(
  refused: BucketCall | undefined,
  isRefused: (call: string) => boolean = () => false,
): Promise<readonly string[]> {
  const calls: string[] = [];
  const stored = { sizeBytes: 2, eTag: 'e' };
  const answer = async <Answer>(call: string, value: Answer): Promise<Answer> => {
    calls.push(call);
    if (isRefused(call)) throw new IsolationFaultError('AccessDenied', call);
    return value;
  };
  const bucket = {
    name: 'isolation',
    region: 'us-east-1',
    head: (key: string) => answer(`head ${key}`, stored),
    get: (key: string) => answer(`get ${key}`, '{}'),
    put: (key: string) => answer(`put ${key}`, 'written'),
    list: (key: string) => answer(`list ${key}`, [{ key }]),
    copy: ({ isolationKey }: CopyRequest) => answer(`copy ${isolationKey}`, { kind: 'copied' }),
  } as unknown as IsolationBucket;
  const client = { send: () => answer('put of the probe', {}) } as unknown as S3Client;
  const destination = (key: string) => ({
    Bucket: 'isolation',
    Key: key,
    ExpectedBucketOwner: '111122223333',
  });
  const options = { client, bucket, destination, accountId: '111122223333', worker: 'worker-1' };
  await createIsolationProbe(options)(since, refused);
  return calls.slice(calls.findIndex((call) => call.startsWith('list objects/')) + 1);
}

describe('the probe of a halted worker', () => {
  it.each([
    ['put', 'records/dt=2026-11-20/f1.isolated.json', [`put records/${beside}`]],
    ['put', 'provenance/removals/1.json', [`put provenance/${beside}`]],
    ['read', 'releases/111122223333/data/1/e.json', [`head releases/${beside}`, `get releases/${beside}`]],
    ['list', 'objects/111122223333/data/a.csv@', [`list objects/${beside}`]],
  ] as const)(
    'makes the call again that began it, in the same folder: %s of %s',
    async (call, key, calls) => {
      expect(await probe({ call, key })).toStrictEqual(calls);
    },
  );

  it.each([
    ['put', 'records/r.json', 'put records/'],
    ['read', 'records/r.json', 'head records/'],
    ['read', 'records/r.json', 'get records/'],
    ['list', 'releases/r', 'list releases/'],
  ] as const)('fails while that call is refused: %s of %s, %s', async (call, key, refused) => {
    await expect(probe({ call, key }, (made) => made.startsWith(refused))).rejects.toThrow(refused);
  });

  it('copies, reads and lists in the folder of hashed keys where a copy to that folder was refused', async () => {
    const key = 'objects-hashed/111122223333/data/0a1b@e';
    const copy = 'objects-hashed/111122223333/isolation/.probe@20261120T200000Z-worker-1';

    expect(await probe({ call: 'copy', key })).toStrictEqual([
      `copy ${copy}`,
      `head ${copy}`,
      `get ${copy}`,
      `list ${copy}`,
    ]);
    await expect(probe({ call: 'copy', key }, (made) => made === `copy ${copy}`)).rejects.toThrow(copy);
  });

  it('makes no second copy where a copy to the folder of plain keys was refused', async () => {
    expect(await probe({ call: 'copy', key: 'objects/111122223333/data/a.csv@e' })).toStrictEqual([]);
  });

  it.each([undefined, { call: 'put', key: 'control/budget.json' }] as const)(
    'makes no such call where Macie or control objects were refused: %o',
    async (refused) => {
      expect(await probe(refused)).toStrictEqual([]);
    },
  );
});
