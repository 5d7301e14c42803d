import type { ListObjectsV2CommandInput, ListObjectsV2CommandOutput, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { listCopies } from '../../../../../src/aws/s3/isolation/list-copies.ts';

type Page = Partial<ListObjectsV2CommandOutput>;
const prefix = 'objects/1/b/a+b é@';
const lastModified = new Date('2026-11-20T20:00:00.000Z');
const entry = (key: string) => ({ Key: key, Size: 7, LastModified: lastModified });

/** Answers with one page after the other, and the last for ever. */
async function list(...pages: readonly Page[]) {
  const asked: ListObjectsV2CommandInput[] = [];
  const client = {
    send: async ({ input }: { input: ListObjectsV2CommandInput }) => {
      asked.push(input);
      return { IsTruncated: false, ...pages[Math.min(asked.length, pages.length) - 1] };
    },
  } as unknown as S3Client;
  return { found: await listCopies(client, { bucket: 'isolation', owner: '1', prefix }), asked };
}

describe('a listing of copies', () => {
  it('names the expected owner, and goes on where the page before ended', async () => {
    const { found, asked } = await list(
      { Contents: [entry(`${prefix}1`)], IsTruncated: true, NextContinuationToken: 'next' },
      { Contents: [entry(`${prefix}2`)] },
    );

    expect(found.map(({ key }) => key)).toEqual([`${prefix}1`, `${prefix}2`]);
    expect(asked).toEqual([
      { Bucket: 'isolation', Prefix: prefix, EncodingType: 'url', ExpectedBucketOwner: '1' },
      expect.objectContaining({ ContinuationToken: 'next' }),
    ]);
  });

  it('ends after ten pages', async () => {
    const pages = Array.from({ length: 12 }, (_, index) => ({
      IsTruncated: true,
      NextContinuationToken: `${index}`,
    }));
    const { asked } = await list(...pages);

    expect(asked).toHaveLength(10);
  });

  it('is not complete where a store lists the same page again and again', async () => {
    const again = { IsTruncated: true, NextContinuationToken: 'here again' };

    await expect(list({ Contents: [entry(`${prefix}1`)], ...again })).rejects.toMatchObject({
      code: 'EndlessListing',
    });
  });

  it.each<Page>([{ IsTruncated: true }, { IsTruncated: true, NextContinuationToken: '' }])(
    'is not complete where a page says that more keys follow, and not where: %j',
    async (page) => {
      const copies = list({ Contents: [entry(`${prefix}1`)], ...page });

      await expect(copies).rejects.toMatchObject({ code: 'ListingIncomplete' });
    },
  );

  it.each<[string, Page, readonly string[]]>([
    [
      'are decoded',
      { EncodingType: 'url', Contents: [entry('objects/1/b/a%2Bb+%C3%A9%40v1')] },
      [`${prefix}v1`],
    ],
    [
      'are taken as they are where the store did not encode them',
      { EncodingType: 'url', Contents: [entry(`${prefix}v1`)] },
      [`${prefix}v1`],
    ],
    ['are left out where they are others', { Contents: [entry('objects/1/b/other@v1')] }, []],
    ['are left out where they cannot be decoded', { EncodingType: 'url', Contents: [entry('%')] }, []],
    ['are left out without a size, which is not none', { Contents: [{ Key: `${prefix}v1` }] }, []],
  ])('has keys that %s', async (_, page, keys) => {
    expect((await list(page)).found.map(({ key }) => key)).toEqual(keys);
  });
});
