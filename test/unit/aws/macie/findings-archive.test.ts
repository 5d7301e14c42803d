import { Macie2Client } from '@aws-sdk/client-macie2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFindingsArchive } from '../../../../src/aws/macie/findings-archive.ts';
import { type ListedPage, listFindings } from '../../../../src/core/operate/list-findings.ts';
import { parseFinding } from '../../../../src/core/parse/parse-finding.ts';
import { MacieError } from '../../../../src/local/macie/macie-error.ts';
import { type MacieStandIn, startMacie } from '../../../../src/local/macie/start-macie.ts';
import { macieDetail } from '../../../support/findings.ts';

const since = new Date('2026-11-01T00:00:00Z');
const until = new Date('2026-11-30T00:00:00Z');
let macie: MacieStandIn;
let client: Macie2Client;
beforeEach(async () => {
  macie = await startMacie({ account: '111122223333' });
  client = new Macie2Client({
    region: 'us-east-1',
    endpoint: macie.endpoint,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
});
afterEach(async () => {
  client.destroy();
  await macie.close();
});

const idOf = (index: number) => index.toString(16).padStart(32, '0');
function known(index: number, overrides: Readonly<Record<string, unknown>> = {}): string {
  const id = idOf(index);
  macie.findings.add({ ...macieDetail(overrides), id });
  return id;
}
async function listed() {
  const pages: ListedPage[] = [];
  const archive = createFindingsArchive(async () => client);
  for await (const page of listFindings(archive, { regions: ['us-east-1'], since, until })) pages.push(page);
  return pages;
}

describe('the findings that Macie keeps', () => {
  it('are listed over any number of pages, two calls a page', async () => {
    const ids = Array.from({ length: 120 }, (_, index) =>
      known(index, { createdAt: new Date(since.getTime() + index).toISOString() }),
    );

    const pages = await listed();

    expect(pages.flatMap(({ findings }) => findings.map(({ id }) => id))).toStrictEqual(ids);
    expect(macie.calls.map(({ operation }) => operation)).toStrictEqual(
      Array.from({ length: 3 }, () => ['ListFindings', 'GetFindings']).flat(),
    );
  });

  it.each([
    ['archived', { archived: true }],
    ['about a policy', { category: 'POLICY', type: 'Policy:IAMUser/S3BucketPublic' }],
    ['older', { createdAt: '2026-10-31T23:59:59.999Z' }],
    ['newer', { createdAt: '2026-11-30T00:00:00.000Z' }],
    ['of another region', { region: 'eu-west-1' }],
  ])('are not listed if they are %s', async (_, overrides) => {
    known(1, overrides);

    expect((await listed()).flatMap(({ findings }) => findings)).toStrictEqual([]);
  });

  it('are read like the messages about them', async () => {
    const id = known(1);

    const [page] = await listed();

    const parsed = parseFinding(page?.findings[0]?.body ?? '', new Date(0));
    const published = parseFinding(JSON.stringify({ ...macieDetail(), id }), new Date(0));
    expect(parsed).toStrictEqual(published);
  });

  it('are not asked for where Macie denies it: the error of the SDK is passed on', async () => {
    macie.refuse(() => new MacieError('AccessDeniedException', 'as asked'));

    await expect(listed()).rejects.toThrow(expect.objectContaining({ name: 'AccessDeniedException' }));
  });
});
