import type { ListObjectsV2CommandOutput, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { createEvidenceReader } from '../../../../../src/aws/s3/isolation/evidence-reader.ts';

const prefix = 'objects/1/lake/';
const key = `${prefix}in/ä b+7%.csv@v1`;
const encoded = 'objects/1/lake/in/%C3%A4+b%2B7%25.csv%40v1';

async function keysOf(page: Partial<ListObjectsV2CommandOutput>): Promise<string[]> {
  const client = { send: async () => ({ IsTruncated: false, ...page }) } as unknown as S3Client;
  const reader = createEvidenceReader({ client, bucket: 'isolation', owner: '1' });
  const keys: string[] = [];
  for await (const listed of reader.keys(prefix)) keys.push(listed);
  return keys;
}

describe('the keys that a command lists', () => {
  it.each<[string, Partial<ListObjectsV2CommandOutput>]>([
    ['from a store that encodes them', { EncodingType: 'url', Contents: [{ Key: encoded }] }],
    ['from a store that ignores the encoding', { Contents: [{ Key: key }] }],
    [
      'from a store that says it encodes them, but does not',
      { EncodingType: 'url', Contents: [{ Key: key }] },
    ],
  ])('are those of the bucket, %s', async (_, page) => {
    expect(await keysOf(page)).toEqual([key]);
  });

  it('name folders as the bucket has them', async () => {
    const page = { EncodingType: 'url', CommonPrefixes: [{ Prefix: 'objects/1/lake/a%2Bb/' }] };
    const client = { send: async () => ({ IsTruncated: false, ...page }) } as unknown as S3Client;

    expect(await createEvidenceReader({ client, bucket: 'isolation', owner: '1' }).folders(prefix)).toEqual([
      'a+b',
    ]);
  });
});
