import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { S3Client } from '@aws-sdk/client-s3';
import { afterEach, describe, expect, it } from 'vitest';
import { listVersions } from '../../../../../src/aws/s3/object/list-versions.ts';

const object = { accountId: '111122223333', bucket: 'data', key: 'a b.csv' };
/** The version with the highest number is the latest. */
const latest = ['v3', 'w'];
const version = (
  id: string,
  key = 'a%20b.csv',
  isLatest: string = `<IsLatest>${latest.includes(id)}</IsLatest>`,
) =>
  `<Version><Key>${key}</Key><VersionId>${id}</VersionId>${isLatest}<ETag>"e"</ETag><Size>1</Size></Version>`;
const marker = (id: string) =>
  `<DeleteMarker><Key>a%20b.csv</Key><VersionId>${id}</VersionId><IsLatest>true</IsLatest></DeleteMarker>`;
const page = (entries: string, next?: { key: string; version?: string }) =>
  `<ListVersionsResult><EncodingType>url</EncodingType><IsTruncated>${next !== undefined}</IsTruncated>${
    next ? `<NextKeyMarker>${next.key}</NextKeyMarker>` : ''
  }${
    next?.version === undefined ? '' : `<NextVersionIdMarker>${next.version}</NextVersionIdMarker>`
  }${entries}</ListVersionsResult>`;

let close = () => {};
afterEach(() => close());

/** A store that answers these pages, each by the version that it is asked to begin behind. */
async function listing(pages: Record<string, string>) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const behind = new URL(request.url ?? '', 'http://store').searchParams.get('version-id-marker') ?? '';
    asked.push(behind);
    response.setHeader('content-type', 'application/xml').end(pages[behind]);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = new S3Client({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'a', secretAccessKey: 's' },
  });
  close = () => {
    client.destroy();
    server.close();
  };
  return { asked, list: async () => (await listVersions(client, object)).map(({ versionId }) => versionId) };
}

describe('the versions of a key', () => {
  it.each([
    ['as S3 names the next key', 'a%20b.csv'],
    ['whatever a store hangs on its name', 'a%20b.csv%5Bcache%3Av2%5D'],
  ])('are read page by page, %s', async (_, key) => {
    const { list, asked } = await listing({
      '': page(version('v3') + version('v2'), { key, version: 'v2' }),
      v2: page(version('v1')),
    });

    expect(await list()).toStrictEqual(['v3', 'v2', 'v1']);
    expect(asked).toStrictEqual(['', 'v2']);
  });

  it('end where those of another key begin', async () => {
    const { list, asked } = await listing({
      '': page(version('v3') + version('w', 'a%20b.csv.bak'), { key: 'a%20b.csv.bak', version: 'w' }),
    });

    expect(await list()).toStrictEqual(['v3']);
    expect(asked).toStrictEqual(['']);
  });

  it.each([
    ['no next version', undefined],
    ['an empty next version', ''],
  ])('are not all known where a page is truncated and names %s', async (_, nextId) => {
    const next = { key: 'a%20b.csv', ...(nextId !== undefined && { version: nextId }) };
    const { list } = await listing({ '': page(version('v3'), next) });

    await expect(list()).rejects.toMatchObject({ code: 'ListingIncomplete' });
  });

  it('are not all known where a truncated page is empty and names no next version', async () => {
    const { list } = await listing({ '': page('', { key: 'a%20b.csv' }) });

    await expect(list()).rejects.toMatchObject({ code: 'ListingIncomplete' });
  });

  it('are all known once another key comes, whatever the truncated page names', async () => {
    const { list } = await listing({
      '': page(version('v3') + version('w', 'a%20b.csv.bak'), { key: 'a%20b.csv.bak' }),
    });

    expect(await list()).toStrictEqual(['v3']);
  });

  it.each([
    ['says that each is not the latest', '<IsLatest>false</IsLatest>'],
    ['does not say which is the latest', ''],
  ])('are not all known where the listing %s', async (_, isLatest) => {
    const other = version('w', 'a%20b.csv.bak');
    const { list } = await listing({ '': page(version('v2', 'a%20b.csv', isLatest) + other) });

    await expect(list()).rejects.toMatchObject({ code: 'ListingIncomplete' });
  });

  it('are all known where a delete marker is the latest', async () => {
    const { list } = await listing({ '': page(version('v2') + marker('m')) });

    expect(await list()).toStrictEqual(['v2', 'm']);
  });

  it('may be none, and then none is the latest', async () => {
    const { list } = await listing({ '': page(version('w', 'a%20b.csv.bak')) });

    expect(await list()).toStrictEqual([]);
  });

  it('are not asked for again and again where a store gets no further', async () => {
    const next = { key: 'a%20b.csv', version: 'v2' };
    const { list } = await listing({
      '': page(version('v3') + version('v2'), next),
      v2: page(version('v2'), next),
    });

    await expect(list()).rejects.toMatchObject({ code: 'EndlessListing' });
  });

  it('are not asked for again and again where pages come round', async () => {
    const at = (versionId: string) => ({ key: 'a%20b.csv', version: versionId });
    const { list } = await listing({
      '': page(version('v3'), at('v3')),
      v3: page(version('v2'), at('v2')),
      v2: page(version('v3'), at('v3')),
    });

    await expect(list()).rejects.toMatchObject({ code: 'EndlessListing' });
  });
});
