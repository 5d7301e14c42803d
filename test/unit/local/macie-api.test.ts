import {
  CreateCustomDataIdentifierCommand,
  CreateSampleFindingsCommand,
  GetFindingsCommand,
  ListCustomDataIdentifiersCommand,
  ListFindingsCommand,
  type ListFindingsCommandInput,
  Macie2Client,
  paginateListFindings,
} from '@aws-sdk/client-macie2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FindingDetail } from '../../../src/local/macie/known-findings.ts';
import { MacieError } from '../../../src/local/macie/macie-error.ts';
import { type MacieStandIn, startMacie } from '../../../src/local/macie/start-macie.ts';
import { macieDetail } from '../../support/findings.ts';

const own = '111122223333';
const member = '444455556666';
let macie: MacieStandIn;
let published: FindingDetail[];
const clients: Macie2Client[] = [];
beforeEach(async () => {
  published = [];
  macie = await startMacie({
    account: own,
    // In these tests an access key is the account's id, and any other key is the own account's.
    accountOf: (key) => (key === 'ended' ? 'expired' : /^\d+$/.test(key) ? key : own),
    publish: async (finding) => published.push(finding),
  });
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await macie.close();
});

function client(region = 'us-east-1', accessKeyId = 'local'): Macie2Client {
  const made = new Macie2Client({
    region,
    endpoint: macie.endpoint,
    credentials: { accessKeyId, secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  clients.push(made);
  return made;
}
const idOf = (index: number) => index.toString(16).padStart(32, '0');
const known = (index: number, overrides: Readonly<Record<string, unknown>> = {}): FindingDetail => ({
  ...macieDetail({ createdAt: new Date(1_700_000_000_000 + index * 1000).toISOString(), ...overrides }),
  id: idOf(index),
});
const get = (...findingIds: string[]) => client().send(new GetFindingsCommand({ findingIds }));
const list = async (input: ListFindingsCommandInput = {}) =>
  (await client().send(new ListFindingsCommand(input))).findingIds ?? [];

describe('GetFindings', () => {
  it('answers the known findings as the SDK reads them, and leaves out the others', async () => {
    macie.findings.add(known(1), known(2));

    const { findings = [] } = await get(idOf(1), idOf(3), idOf(2));

    expect(findings.map(({ id = '' }) => id).sort()).toEqual([idOf(1), idOf(2)]);
    expect(findings[0]?.createdAt).toBeInstanceOf(Date);
    expect(findings[0]?.resourcesAffected?.s3Bucket?.name).toBe('member-data');
  });

  it.each([
    ['one malformed id', [idOf(1), 'forged']],
    ['no id', []],
    ['51 ids', Array.from({ length: 51 }, (_, index) => idOf(index))],
  ])('refuses the whole call for %s', async (_, ids) => {
    macie.findings.add(known(1));

    await expect(get(...ids)).rejects.toMatchObject({
      name: 'ValidationException',
      $metadata: { httpStatusCode: 400 },
    });
  });

  it('knows only the findings of the region that the call is signed for', async () => {
    macie.findings.add(known(1, { region: 'eu-west-1' }));
    macie.accountIn('eu-west-1').status = 'ENABLED';

    const there = await client('eu-west-1').send(new GetFindingsCommand({ findingIds: [idOf(1)] }));

    expect((await get(idOf(1))).findings).toEqual([]);
    expect(there.findings).toHaveLength(1);
    expect(macie.calls.map(({ region }) => region)).toEqual(['eu-west-1', 'us-east-1']);
  });

  it('forgets a finding', async () => {
    macie.findings.add(known(1));
    macie.findings.forget(idOf(1));

    expect((await get(idOf(1))).findings).toEqual([]);
  });
});

describe('ListFindings', () => {
  it('gives each id once, newest first, page by page, whatever is added meanwhile', async () => {
    macie.findings.add(...Array.from({ length: 120 }, (_, index) => known(index)));
    const pages: string[][] = [];

    for await (const { findingIds = [] } of paginateListFindings({ client: client() }, {})) {
      pages.push(findingIds);
      macie.findings.add(known(1_000 + pages.length));
    }

    expect(pages.map((page) => page.length)).toEqual([50, 50, 20]);
    expect(pages.flat()).toEqual(Array.from({ length: 120 }, (_, index) => idOf(119 - index)));
  });

  it('sorts as it is asked to', async () => {
    macie.findings.add(known(2), known(1), known(3));

    expect(await list({ sortCriteria: { attributeName: 'createdAt', orderBy: 'ASC' } })).toEqual([
      idOf(1),
      idOf(2),
      idOf(3),
    ]);
  });

  const at = (index: number) => 1_700_000_000_000 + index * 1000;
  it.each<[string, Record<string, object>, number[]]>([
    ['a time, at least', { createdAt: { gte: at(3) } }, [3, 4]],
    ['a time, more', { createdAt: { gt: at(3) } }, [4]],
    ['a range of times', { createdAt: { gte: at(2), lt: at(4) } }, [2, 3]],
    ['a time, at most', { createdAt: { lte: at(1) } }, [1]],
    ['a type', { type: { eq: ['SensitiveData:S3Object/Financial'] } }, [2]],
    ['another type', { type: { neq: ['SensitiveData:S3Object/Multiple'] } }, [2]],
    ['severities', { 'severity.description': { eq: ['Low', 'Medium'] } }, [3]],
    ['a bucket', { 'resourcesAffected.s3Bucket.name': { eq: ['lake-raw'] } }, [4]],
    ['samples left out', { sample: { eq: ['false'] } }, [1, 2, 3, 4]],
    [
      'several at once',
      { 'severity.description': { eq: ['High'] }, type: { eq: ['SensitiveData:S3Object/Financial'] } },
      [2],
    ],
  ])('filters by %s', async (_, criterion, expected) => {
    macie.findings.add(
      known(1),
      known(2, { type: 'SensitiveData:S3Object/Financial' }),
      known(3, { severity: { score: 1, description: 'Low' } }),
      known(4, { resourcesAffected: { s3Bucket: { name: 'lake-raw' }, s3Object: { key: 'a' } } }),
    );

    expect((await list({ findingCriteria: { criterion } })).sort()).toEqual(expected.map(idOf));
  });

  it.each<[string, ListFindingsCommandInput]>([
    ['a token that it never gave', { nextToken: 'bm90LWtub3du' }],
    ['more than a page', { maxResults: 51 }],
    ['a field that it does not know', { findingCriteria: { criterion: { shoeSize: { eq: ['43'] } } } }],
    ['a comparison of something that is no time', { findingCriteria: { criterion: { type: { gt: 1 } } } }],
  ])('refuses %s', async (_, input) => {
    await expect(list(input)).rejects.toMatchObject({ name: 'ValidationException' });
  });
});

describe('CreateSampleFindings', () => {
  it('makes a sample of each type that is asked for, puts it on the bus, and knows it', async () => {
    const findingTypes = ['SensitiveData:S3Object/Personal', 'Policy:IAMUser/S3BucketPublic'] as const;

    await client().send(new CreateSampleFindingsCommand({ findingTypes: [...findingTypes] }));

    expect(published.map(({ type, sample }) => [type, sample])).toEqual(
      findingTypes.map((type) => [type, true]),
    );
    expect((await list()).sort()).toEqual(published.map(({ id }) => id).sort());
    expect((await get(published[0]?.id ?? '')).findings?.[0]?.sample).toBe(true);
  });

  it('makes one of every type where none is named', async () => {
    await client().send(new CreateSampleFindingsCommand({}));

    expect(published).toHaveLength(11);
    expect(new Set(published.map(({ id }) => id)).size).toBe(11);
  });
});

describe('regions and accounts', () => {
  const ask = (region: string, account: string) =>
    client(region, account).send(new GetFindingsCommand({ findingIds: [idOf(1), idOf(2)] }));
  const notEnabled = { name: 'AccessDeniedException', message: 'Macie is not enabled.' };

  it('refuses a finding that is asked for in a region or by an account where Macie is not enabled', async () => {
    macie.findings.add(known(1, { region: 'eu-west-1' }));

    await expect(ask('eu-west-1', own)).rejects.toMatchObject(notEnabled);
    await expect(ask('us-east-1', member)).rejects.toMatchObject(notEnabled);
    await expect(client('eu-west-1').send(new CreateSampleFindingsCommand({}))).rejects.toMatchObject(
      notEnabled,
    );
  });

  it('tell an account its own findings alone, and the administrator those of all', async () => {
    macie.findings.add(known(1, { accountId: own }), known(2, { accountId: member }));
    macie.accountIn('us-east-1', member).status = 'ENABLED';
    const idsFor = async (account: string) =>
      ((await ask('us-east-1', account)).findings ?? []).map(({ id = '' }) => id).sort();

    expect(await idsFor(own)).toEqual([idOf(1), idOf(2)]);
    expect(await idsFor(member)).toEqual([idOf(2)]);
    const { findingIds } = await client('us-east-1', member).send(new ListFindingsCommand({}));
    expect(findingIds).toEqual([idOf(2)]);
  });

  it('have identifiers of their own', async () => {
    macie.accountIn('eu-west-1').status = 'ENABLED';
    await client('eu-west-1').send(
      new CreateCustomDataIdentifierCommand({ name: 'Badge', regex: 'B-[0-9]+' }),
    );
    const listed = async (region: string) =>
      ((await client(region).send(new ListCustomDataIdentifiersCommand({}))).items ?? []).length;

    expect([await listed('eu-west-1'), await listed('us-east-1')]).toEqual([1, 0]);
    expect([macie.accountIn('eu-west-1').identifiers.size, macie.account.identifiers.size]).toEqual([1, 0]);
  });

  it('make samples of the account and region that ask for them', async () => {
    macie.accountIn('eu-west-1', member).status = 'ENABLED';

    await client('eu-west-1', member).send(new CreateSampleFindingsCommand({}));

    expect(published).toHaveLength(11);
    for (const sample of published) expect(sample).toMatchObject({ accountId: member, region: 'eu-west-1' });
  });

  it('end with the session of the caller', async () => {
    await expect(ask('us-east-1', 'ended')).rejects.toMatchObject({ name: 'ExpiredTokenException' });
  });
});

describe('the stand-in for Macie', () => {
  it.each(['AccessDeniedException', 'ThrottlingException', 'InternalServerException'] as const)(
    'fails as a test asks: %s, and no longer once it does not',
    async (code) => {
      macie.refuse(() => new MacieError(code, 'as asked'));
      await expect(get(idOf(1))).rejects.toMatchObject({ name: code });
      macie.refuse();

      expect((await get(idOf(1))).findings).toEqual([]);
      expect(macie.calls).toHaveLength(2);
    },
  );

  it('hangs up as a test asks', async () => {
    macie.refuse(() => 'hang up');

    await expect(get(idOf(1))).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it('takes no call that is not signed for Macie, and none that it does not know', async () => {
    const unsigned = await fetch(`${macie.endpoint}/findings/describe`, { method: 'POST', body: '{}' });
    const other = await fetch(`${macie.endpoint}/nothing`, { method: 'POST', body: '{}' });

    expect([unsigned.status, other.status]).toEqual([403, 404]);
  });
});
