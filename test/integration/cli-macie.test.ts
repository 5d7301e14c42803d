import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { localAccount } from '../../src/local/account.ts';
import { type LocalAws, startLocalAws } from '../../src/local/local-aws.ts';
import { MacieError } from '../../src/local/macie/macie-error.ts';
import type { S3Request } from '../../src/local/s3/http/http-request.ts';
import { S3Error } from '../../src/local/s3/s3-error.ts';
import { commandLine } from '../support/command-line.ts';
import { stopClockAtNoon } from '../support/noon.ts';

let aws: LocalAws;
let folder: string;
beforeEach(async () => {
  process.env['AWS_ACCESS_KEY_ID'] = 'local';
  process.env['AWS_SECRET_ACCESS_KEY'] = 'local';
  aws = await startLocalAws();
  folder = await mkdtemp(join(tmpdir(), 'identifiers-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
  await aws.close();
});

type Json = Readonly<Record<string, unknown>>;
const run = (argv: readonly string[], options: Parameters<typeof commandLine>[2] = {}) =>
  commandLine(argv, { ...aws.workerEnvironment }, options);
const itemsOf = (out: string) => (JSON.parse(out) as { items: readonly Json[] }).items;
const operations = () => aws.macie.calls.map(({ operation }) => operation);

async function fileOf(identifiers: readonly Json[]): Promise<string> {
  const path = join(folder, 'identifiers.json');
  await writeFile(path, JSON.stringify({ version: 1, identifiers }));
  return path;
}
const badge = {
  name: 'Badge',
  regex: String.raw`\bB[0-9]{4}\b`,
  keywords: ['badge'],
  tests: [
    { text: 'badge B1234', matches: 1 },
    { text: 'B1234', matches: 0 },
  ],
};

describe('macie-isolator identifiers test', () => {
  it('tests the three of the demo without AWS and without settings', async () => {
    const { code, err, out } = await commandLine(['identifiers', 'test', '--json'], {});

    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(new Set(itemsOf(out).map(({ identifier }) => identifier))).toEqual(
      new Set(['Patient ID', 'US Driver License', 'US Passport']),
    );
    expect(new Set(itemsOf(out).map(({ result }) => result))).toEqual(new Set(['passed']));
  });

  it('shows a table, and ends with 3 where a text matches otherwise', async () => {
    const file = await fileOf([
      { ...badge, tests: [{ text: 'badge B1234', matches: 2 }] },
      { ...badge, name: 'Untested', tests: [] },
    ]);

    expect(await run(['identifiers', 'test', file])).toEqual({
      code: 3,
      err: 'No test: Untested.\n',
      out: [
        'IDENTIFIER  TEXT         EXPECTED  HERE  MACIE  RESULT',
        'Badge       badge B1234  2         1     -      failed',
        '',
      ].join('\n'),
    });
  });

  it('ends where a pattern takes time without end, and goes on with the next identifier', async () => {
    const tests = [{ text: `badge ${'a'.repeat(60)}b`, matches: 0 }];
    const file = await fileOf([{ ...badge, name: 'Slow', regex: '(?:a+)+$', tests }, badge]);

    const { code, err, out } = await run(['identifiers', 'test', file, '--json']);

    expect(code).toBe(3);
    expect(err).toMatch(/^Takes too long here: Slow\. /);
    expect(itemsOf(out)).toMatchObject([
      { here: null, result: 'unknown' },
      { result: 'passed' },
      { result: 'passed' },
    ]);
  });

  it('names what is untested without what could steer a terminal', async () => {
    const file = await fileOf([badge, { ...badge, name: 'x\u001b[31m\ny', tests: [] }]);

    const { code, err } = await run(['identifiers', 'test', file]);

    expect({ code, err }).toEqual({ code: 0, err: `${String.raw`No test: x\u001b[31m\ny.`}\n` });
  });

  it('asks Macie with --macie, whose answer counts as well', async () => {
    const file = await fileOf([badge]);
    const good = await run(['identifiers', 'test', file, '--macie', '--json']);
    expect(good.code).toBe(0);
    expect(itemsOf(good.out)).toMatchObject([
      { here: 1, macie: 1 },
      { here: 0, macie: 0 },
    ]);
    expect(operations()).toEqual(['TestCustomDataIdentifier', 'TestCustomDataIdentifier']);
  });

  it.each([
    ['a file that is not there', '/nowhere/x.yaml', 2, 'cannot be read (ENOENT)'],
    ['a pattern that Macie does not know', undefined, 2, 'Macie does not support a capturing group'],
  ])('ends with a sentence for %s', async (_, path, expected, sentence) => {
    const file = path ?? (await fileOf([{ ...badge, regex: '(B)' }]));
    const { code, err } = await run(['identifiers', 'test', file]);
    expect(code).toBe(expected);
    expect(err).toContain(sentence);
  });
});

describe('macie-isolator identifiers apply', () => {
  it('shows the difference, asks, creates what is absent, and has nothing to do the second time', async () => {
    const dry = await run(['identifiers', 'apply', '--dry-run', '--fields', 'name,result']);
    expect(dry).toEqual({
      code: 0,
      err: '',
      out: [
        'NAME               RESULT',
        'Patient ID         would be created',
        'US Driver License  would be created',
        'US Passport        would be created',
        '',
      ].join('\n'),
    });
    expect(aws.macie.account.identifiers.size).toBe(0);

    const no = await run(['identifiers', 'apply'], { answers: 'n\n' });
    expect(no.code).toBe(1);
    expect(no.err).toContain('+ Patient ID\n+ US Driver License\n+ US Passport\nChange 3 identifiers? [y/N]');
    expect(aws.macie.account.identifiers.size).toBe(0);

    const yes = await run(['identifiers', 'apply', '--yes', '--json', '--fields', 'result']);
    expect(yes.code).toBe(0);
    expect(aws.macie.account.identifiers.size).toBe(3);

    const again = await run(['identifiers', 'apply', '--yes', '--json', '--fields', 'result']);
    expect(itemsOf(again.out).map(({ result }) => result)).toEqual(Array(3).fill('as in the file'));
    expect(operations().filter((name) => name === 'CreateCustomDataIdentifier')).toHaveLength(3);
  });

  it('replaces what differs, names the fields, and leaves identifiers that the file does not name', async () => {
    await run(['identifiers', 'apply', '--yes']);
    await run(['identifiers', 'apply', await fileOf([badge]), '--yes']);
    const changed = await fileOf([{ ...badge, maximumMatchDistance: 20 }]);

    const applied = await run(['identifiers', 'apply', changed, '--yes', '--json']);

    expect(applied.code).toBe(0);
    expect(applied.err).toContain('~ Badge (maximumMatchDistance)');
    expect(applied.err).toContain('create daily jobs anew');
    expect(itemsOf(applied.out)).toMatchObject([
      { name: 'Badge', result: 'replaced', differing: 'maximumMatchDistance' },
    ]);
    expect(aws.macie.account.identifiers.size).toBe(4);
  });

  it('deletes nothing for an identifier that Macie refuses', async () => {
    await run(['identifiers', 'apply', await fileOf([badge]), '--yes']);
    aws.macie.refuse(({ operation }) =>
      operation === 'TestCustomDataIdentifier' ? new MacieError('ValidationException', 'no') : undefined,
    );

    const refused = await run(['identifiers', 'apply', await fileOf([{ ...badge, regex: 'C' }]), '--yes']);

    expect(refused.code).toBe(1);
    expect(refused.err).toContain('Macie does not take the identifier Badge, and nothing was changed.');
    expect(operations()).not.toContain('DeleteCustomDataIdentifier');
  });

  it('is finished by the same command after a crash between delete and create', async () => {
    await run(['identifiers', 'apply', await fileOf([badge]), '--yes']);
    const file = await fileOf([{ ...badge, keywords: ['card'] }]);
    aws.macie.refuse(({ operation }) =>
      operation === 'CreateCustomDataIdentifier' ? new MacieError('AccessDeniedException', 'no') : undefined,
    );
    const stopped = await run(['identifiers', 'apply', file, '--yes', '--jsonl', '--fields', 'name,result']);
    expect(stopped).toMatchObject({
      code: 1,
      out: '{"name":"Badge","result":"deleted, and its creation failed"}\n',
    });
    aws.macie.refuse();

    expect((await run(['identifiers', 'apply', file, '--yes'])).code).toBe(0);
    const listed = await run(['identifiers', 'list', '--json', '--fields', 'name,keywords']);
    expect(itemsOf(listed.out)).toEqual([{ name: 'Badge', keywords: 'card' }]);
  });
});

describe('macie-isolator jobs', () => {
  const create = (argv: readonly string[], options: Parameters<typeof commandLine>[2] = {}) =>
    run(['jobs', 'create', '--once', '--bucket', 'lake-raw', ...argv], options);

  beforeEach(async () => {
    aws.s3.store.createBucket('lake-raw', {});
    const { S3Client, PutObjectCommand } = await import('@aws-sdk/client-s3');
    const s3 = new S3Client({ region: 'us-east-1', endpoint: aws.s3.endpoint, forcePathStyle: true });
    for (const Key of ['a.csv', 'b.CSV', 'c.txt'])
      await s3.send(new PutObjectCommand({ Bucket: 'lake-raw', Key, Body: 'x'.repeat(500) }));
    s3.destroy();
  });

  it('says what it will scan, asks, and creates the job with identifiers by their names', async () => {
    await run(['identifiers', 'apply', '--yes']);
    const argv = ['--extension', 'csv', '--identifier', 'US Passport', '--sampling', '50'];

    const no = await create(argv, { answers: 'n\n' });
    expect(no.code).toBe(1);
    expect(no.err).toContain(
      '2 objects, 1.00 kB, of which Macie scans 50 %. Create a job that scans them once? [y/N]',
    );
    expect(aws.macie.account.jobs.size).toBe(0);

    const yes = await create([...argv, '--yes', '--json']);
    expect(yes.code).toBe(0);
    expect(itemsOf(yes.out)).toMatchObject([{ result: 'created', objects: 2, bytes: 1000 }]);
    const passport = [...aws.macie.account.identifiers.values()].find(({ name }) => name === 'US Passport');
    expect([...aws.macie.account.jobs.values()]).toMatchObject([
      {
        jobType: 'ONE_TIME',
        samplingPercentage: 50,
        managedDataIdentifierSelector: 'RECOMMENDED',
        customDataIdentifierIds: [passport?.['id']],
        s3JobDefinition: {
          bucketDefinitions: [{ accountId: localAccount, buckets: ['lake-raw'] }],
          scoping: {
            includes: {
              and: [{ simpleScopeTerm: { comparator: 'EQ', key: 'OBJECT_EXTENSION', values: ['csv'] } }],
            },
          },
        },
      },
    ]);
  });

  it('makes no second job where the command is repeated, and a new one where the first was cancelled', async () => {
    // The name of a one-time job holds the day.
    stopClockAtNoon();
    const first = await create(['--yes', '--json']);
    const second = await create(['--yes', '--json']);
    expect(itemsOf(second.out)).toMatchObject([
      { result: 'exists already', job_id: itemsOf(first.out)[0]?.['job_id'] },
    ]);
    expect(aws.macie.account.jobs.size).toBe(1);

    const [[id, job] = ['', {}]] = aws.macie.account.jobs;
    aws.macie.account.jobs.set(id, { ...job, jobStatus: 'CANCELLED' });
    expect(itemsOf((await create(['--yes', '--json'])).out)).toMatchObject([{ result: 'created' }]);
    expect(aws.macie.account.jobs.size).toBe(2);
  });

  it('creates a daily job that scans what is there too', async () => {
    const made = await run(['jobs', 'create', '--daily', '--bucket', 'lake-raw', '--yes']);

    expect(made.code).toBe(0);
    expect([...aws.macie.account.jobs.values()]).toMatchObject([
      { jobType: 'SCHEDULED', initialRun: true, scheduleFrequency: { dailySchedule: {} } },
    ]);
  });

  it.each<[string, readonly string[], number, string]>([
    ['ends well', ['RUNNING', 'PAUSED', 'RUNNING', 'COMPLETE'], 0, '"state": "COMPLETE"'],
    ['is cancelled', ['RUNNING', 'CANCELLED'], 1, 'was stopped (CANCELLED)'],
    ['is paused by a person', ['USER_PAUSED'], 1, 'was stopped (USER_PAUSED)'],
    ['is paused by a person, and shown', ['USER_PAUSED'], 1, '"state": "USER_PAUSED"'],
  ])('waits with --wait, and where the job %s its fate is the exit code', async (_, states, code, said) => {
    aws.macie.account.jobStates = states;
    const waited = await create(['--yes', '--wait', '--poll-seconds', '1', '--json']);

    expect(waited.code).toBe(code);
    expect(`${waited.out}${waited.err}`).toContain(said);
  });

  it.each<[string, () => MacieError | undefined, number]>([
    ['Ctrl-C', () => void process.emit('SIGINT'), 130],
    ['an error', () => new MacieError('AccessDeniedException', 'no'), 1],
  ])('shows the job that it has created where %s ends the wait', async (_, happens, code) => {
    aws.macie.refuse(({ operation }) => (operation === 'DescribeClassificationJob' ? happens() : undefined));

    const stopped = await create(['--yes', '--wait', '--jsonl', '--fields', 'job_id,result']);

    expect(stopped.code).toBe(code);
    expect(stopped.out).toMatch(/^\{"job_id":"[\w-]{36}","result":"created"\}\n$/);
  });

  it('lists jobs, newest first', async () => {
    await create(['--yes', '--name', 'one']);
    await create(['--yes', '--name', 'two']);
    await create(['--yes', '--name', 'three']);

    const listed = await run(['jobs', 'list', '--fields', 'name,type,state,buckets']);

    expect(listed).toEqual({
      code: 0,
      err: '',
      out: [
        'NAME   TYPE  STATE    BUCKETS',
        'three  once  RUNNING  lake-raw',
        'two    once  RUNNING  lake-raw',
        'one    once  RUNNING  lake-raw',
        '',
      ].join('\n'),
    });
  });

  it.each<[string, readonly string[], number, string]>([
    ['neither --once nor --daily', ['--bucket', 'lake-raw'], 2, 'Say --once or --daily.'],
    [
      'a time between looks that nobody takes',
      ['--once', '--bucket', 'lake-raw', '--poll-seconds', '5'],
      2,
      'how often --wait looks',
    ],
    ['both', ['--once', '--daily', '--bucket', 'lake-raw'], 2, "cannot be used with option '--daily'"],
    ['no bucket', ['--once'], 2, "required option '--bucket <name>'"],
    ['a share above all', ['--once', '--bucket', 'lake-raw', '--sampling', '101'], 2, '1 to 100'],
    [
      'an extension with a star',
      ['--once', '--bucket', 'lake-raw', '--extension', '*'],
      2,
      'letters and digits',
    ],
    [
      'an identifier that is not there',
      ['--once', '--bucket', 'lake-raw', '--identifier', 'Nope'],
      2,
      'There is no identifier Nope. The account has: none.',
    ],
    [
      'a bucket that is not there',
      ['--once', '--bucket', 'no-such-bucket'],
      1,
      'There is no bucket no-such-bucket.',
    ],
    [
      'a name that is too long for Macie',
      ['--once', '--bucket', 'lake-raw', '--name', 'x'.repeat(501)],
      2,
      '--name takes 500 characters at most; not 501.',
    ],
    [
      'a job that looks for nothing',
      ['--once', '--bucket', 'lake-raw', '--managed', 'none'],
      2,
      '--managed none leaves nothing to look for: name an identifier with --identifier.',
    ],
    [
      'no name of a bucket',
      ['--once', '--bucket', 'A B'],
      2,
      '--bucket takes the name of a bucket; not A B.',
    ],
  ])('ends with a sentence for %s', async (_, argv, code, sentence) => {
    const ended = await run(['jobs', 'create', ...argv, '--yes']);
    expect(ended.err).toContain(sentence);
    expect(ended.code).toBe(code);
    expect(aws.macie.account.jobs.size).toBe(0);
  });

  it('says that a bucket of another region cannot be scanned from this one', async () => {
    const when = (request: S3Request) =>
      request.operation === 'ListObjectsV2' && request.bucket === 'lake-raw';
    aws.s3.faults.inject({ kind: new S3Error('PermanentRedirect'), when });

    const { code, err } = await run(['jobs', 'create', '--once', '--bucket', 'lake-raw', '--yes']);

    expect(code).toBe(1);
    expect(err).toContain('The bucket lake-raw is in another region.');
  });
});
