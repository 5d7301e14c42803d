import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { localAccount } from '../../src/local/account.ts';
import { commandLine } from '../support/command-line.ts';
import { jsonLines } from '../support/json-lines.ts';
import { startWorld, type World } from '../support/world.ts';

let world: World;
let folder: string;

beforeAll(async () => {
  // Macie is asked about findings, and knows none: what is isolated here is isolated by a request.
  world = await startWorld({ env: { CONFIRM_FINDINGS: 'macie' } });
  folder = await mkdtemp(join(tmpdir(), 'isolate-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await world.close();
});

type Json = Readonly<Record<string, unknown>>;

const isolate = (argv: readonly string[], options: Parameters<typeof commandLine>[2] = {}) =>
  commandLine(['isolate', ...argv, '--reason', 'case 12'], { ...world.aws.workerEnvironment }, options);
const itemsOf = (out: string) => (JSON.parse(out) as { items: readonly Json[] }).items;

async function planOf(lines: readonly unknown[], name = 'plan.jsonl'): Promise<string> {
  const path = join(folder, name);
  await writeFile(
    path,
    lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join(''),
  );
  return path;
}
const lineOf = ({ bucket, eTag, key, sizeBytes, versionId }: Awaited<ReturnType<World['upload']>>) => ({
  account_id: localAccount,
  bucket,
  key,
  version_id: versionId ?? null,
  etag: eTag,
  size_bytes: sizeBytes,
});

describe('macie-isolator isolate', () => {
  it('has the worker isolate an object that no finding names, without Macie, and says who and why', async () => {
    const bucket = world.bucket('enabled');
    const { eTag, versionId } = await world.upload(bucket, 'hr/pay roll+é.csv', 'secret');

    const run = await isolate([`s3://${bucket}/hr/pay roll+é.csv`, '--yes', '--who', 'Ada', '--json']);

    expect(run).toMatchObject({ code: 0, err: '' });
    const [item] = itemsOf(run.out);
    const id = String(item?.['request_id']);
    expect(item).toEqual({
      request_id: id,
      result: 'requested',
      account_id: localAccount,
      bucket,
      key: 'hr/pay roll+é.csv',
      version_id: versionId,
      etag: eTag,
      size_bytes: 6,
      outcomes: null,
    });
    expect(JSON.parse(world.text(world.isolationBucket, `requests/${id}.json`) ?? '')).toMatchObject({
      id,
      who: 'Ada',
      why: 'case 12',
      account_id: localAccount,
      region: 'us-east-1',
      version_id: versionId,
      etag: eTag,
    });
    await world.untilSettled(id);
    expect(world.versions(bucket, 'hr/pay roll+é.csv')).toEqual([]);
    expect(world.record(id, 'isolated')).toMatchObject({ origin: 'manual', policy_rule: '(request)' });
    expect(world.aws.macie.calls).toEqual([]);
    expect(await world.alerts()).toEqual([
      expect.objectContaining({ findingId: id, subject: expect.stringContaining('Object isolated') }),
    ]);
    expect(await world.worker.metrics()).not.toMatch(/finding_to_isolation_seconds_count\{[^}]*\} [1-9]/);
  });

  it('says that the object is isolated when the command is repeated afterwards', async () => {
    const bucket = world.bucket();
    await world.upload(bucket, 'a.csv', 'secret');
    const first = await isolate([`s3://${bucket}/a.csv`, '--yes', '--json']);
    await world.untilSettled(String(itemsOf(first.out)[0]?.['request_id']));

    const second = await isolate([`s3://${bucket}/a.csv`, '--yes', '--json', '--fields', 'result']);

    expect(second).toMatchObject({ code: 0, err: '' });
    expect(itemsOf(second.out)).toEqual([{ result: 'isolated before' }]);
  });

  it('isolates one version and leaves the others, which have other bytes', async () => {
    const bucket = world.bucket('enabled');
    const { versionId = '' } = await world.upload(bucket, 'a.csv', 'secret');
    await world.upload(bucket, 'a.csv', 'public');

    const run = await isolate([`s3://${bucket}/a.csv`, '--version', versionId, '--yes', '--json']);
    await world.untilSettled(String(itemsOf(run.out)[0]?.['request_id']));

    expect(world.text(bucket, 'a.csv')).toBe('public');
    expect(world.versions(bucket, 'a.csv')).toHaveLength(1);
  });

  it('asks first, and requests nothing without a yes', async () => {
    const bucket = world.bucket();
    await world.upload(bucket, 'a.csv', 'secret');
    const before = world.keys('requests/').length;

    const refused = await isolate([`s3://${bucket}/a.csv`], { answers: 'n\n' });

    expect(refused.code).toBe(1);
    expect(refused.err).toContain(`1 object, 6 B, out of s3://${bucket}: isolate? [y/N]`);
    expect(world.keys('requests/')).toHaveLength(before);
    expect(world.text(bucket, 'a.csv')).toBe('secret');
  });

  it('--dry-run shows what would be requested, in a table of 60 columns too', async () => {
    const bucket = world.bucket();
    await world.upload(bucket, 'in/\u001b[31mred\n.csv', 'secret');
    const before = world.keys('requests/').length;

    const argv = [`s3://${bucket}/in/\u001b[31mred\n.csv`, '--dry-run', '--fields', 'result,key,size_bytes'];
    const run = await isolate(argv, { columns: 60 });

    expect(run).toMatchObject({ code: 0, err: '' });
    expect(run.out).toBe(
      [
        'RESULT              KEY                     BYTES',
        String.raw`would be requested  in/\u001b[31mred\n.csv  6`,
        '',
      ].join('\n'),
    );
    expect(run.out).not.toContain('\u001b[31m');
    for (const line of run.out.split('\n')) expect(line.length).toBeLessThanOrEqual(60);
    expect(world.keys('requests/')).toHaveLength(before);
  });

  it('requests a plan, tells what it could not request, and goes on when it is repeated', async () => {
    const bucket = world.bucket('enabled');
    const uploads = await Promise.all(
      Array.from({ length: 23 }, (_, index) => world.upload(bucket, `in/${index}.csv`, `secret ${index}`)),
    );
    const [changed = uploads[0], ...rest] = uploads;
    const unversioned = world.bucket();
    const overwritten = await world.upload(unversioned, 'b.csv', 'secret');
    await world.upload(unversioned, 'b.csv', 'other');
    const plan = await planOf([...uploads, overwritten].map((each) => each && lineOf(each)));

    const run = await isolate(['--plan', plan, '--yes', '--jsonl', '--fields', 'request_id,result,key']);

    expect(run).toMatchObject({ code: 1, err: '' });
    const rows = jsonLines<Json>(run.out);
    expect(rows).toHaveLength(24);
    expect(rows.at(-1)).toEqual({
      request_id: null,
      result: 'another object lies there',
      key: 'b.csv',
    });
    await Promise.all(rows.slice(0, 23).map((row) => world.untilSettled(String(row['request_id']))));
    expect(rest.concat(changed ?? []).flatMap((each) => world.versions(bucket, each.key))).toEqual([]);
    expect(world.text(unversioned, 'b.csv')).toBe('other');

    const again = await isolate(['--plan', plan, '--yes', '--json', '--fields', 'result']);
    expect(new Set(itemsOf(again.out).map(({ result }) => result))).toEqual(
      new Set(['isolated before', 'another object lies there']),
    );
  });

  it('reads the whole plan before it requests anything', async () => {
    const bucket = world.bucket();
    const uploaded = await world.upload(bucket, 'a.csv', 'secret');
    const before = world.keys('requests/').length;
    const plan = await planOf([lineOf(uploaded), { ...lineOf(uploaded), etag: '*' }], 'wrong.jsonl');

    const run = await isolate(['--plan', plan, '--yes']);

    expect(run.code).toBe(2);
    expect(run.err).toContain('Line 2 of ');
    expect(run.err).toContain('etag is missing or wrong. Nothing was requested.');
    expect(world.keys('requests/')).toHaveLength(before);
  });

  it.each<[string, readonly string[], number, string]>([
    ['no object', [], 2, 'Name one object as s3://bucket/key, or a file with --plan.'],
    ['an object and a plan', ['s3://lake-raw/a', '--plan', 'x'], 2, 'Name one object'],
    ['a bucket alone', ['s3://lake-raw'], 2, 's3://lake-raw names no object'],
    ['a folder of nothing', ['s3://lake-raw/'], 2, 'names no object'],
    ['a path', ['lake-raw/a.csv'], 2, 'names no object'],
    ['a bucket that no bucket can be', ['s3://-/a'], 2, 'names no object'],
    ['a key longer than keys are', [`s3://lake-raw/${'a'.repeat(1025)}`], 2, 'names no object'],
    ['what is no version id', ['s3://lake-raw/a', '--version', '*'], 2, '* is no version id'],
    [
      'a version id longer than one of S3',
      ['s3://lake-raw/a', '--version', 'v'.repeat(513)],
      2,
      'no version id',
    ],
    ['an account without twelve digits', ['s3://lake-raw/a', '--account', '12'], 2, 'twelve digits'],
    ['what is no region', ['s3://lake-raw/a', '--bucket-region', 'here'], 2, 'here is no region'],
    ['the isolation bucket', ['s3://isolation/objects/x'], 2, 'which nothing is isolated from'],
    ['a plan that is not there', ['--plan', '/nowhere/plan.jsonl'], 2, 'cannot be read (ENOENT)'],
    ['a plan with a version', ['--plan', 'x', '--version', 'v'], 2, 'leave out --account, --bucket-region'],
    ['a plan with a region', ['--plan', 'x', '--bucket-region', 'eu-west-1'], 2, 'leave out --account'],
    ['an empty reason', ['s3://lake-raw/a', '--reason', ' '], 2, 'It takes a text of 1 to 1,024 characters'],
    ['a bucket that is not there', ['s3://no-such-bucket/a'], 1, 'cannot be read: no-such-bucket'],
  ])('ends with a sentence and its exit code for %s', async (_, argv, code, sentence) => {
    const before = world.keys('requests/').length;
    const run = await commandLine(['isolate', '--reason', 'x', ...argv, '--yes'], {
      ...world.aws.workerEnvironment,
    });

    expect(`${run.out}${run.err}`).toContain(sentence);
    expect(run.code).toBe(code);
    expect(run.err).not.toContain('    at ');
    expect(world.keys('requests/')).toHaveLength(before);
  });

  it.each<[string, (bucket: string) => Promise<readonly string[]>, string]>([
    ['nothing is there', async (bucket) => [`s3://${bucket}/none`], 'no such object'],
    [
      'there is no such version',
      async (bucket) => {
        await world.upload(bucket, 'a', 'x');
        return [`s3://${bucket}/a`, '--version', 'none'];
      },
      'no such object',
    ],
    [
      'the bucket belongs to another account',
      async (bucket) => {
        await world.upload(bucket, 'a', 'x');
        return [`s3://${bucket}/a`, '--account', '999900001111'];
      },
      'cannot be read: wrong-owner',
    ],
  ])('requests nothing where %s', async (_, arrange, result) => {
    const before = world.keys('requests/').length;
    const run = await isolate([...(await arrange(world.bucket('enabled'))), '--yes', '--json']);

    expect(run.code).toBe(1);
    expect(itemsOf(run.out)).toMatchObject([{ result }]);
    expect(world.keys('requests/')).toHaveLength(before);
  });
});

describe('a message that no operator has sent', () => {
  it('touches nothing: it is parked with its reason, and people are told of an attack or a mistake', async () => {
    const id = `manual-${'0'.repeat(32)}`;
    await world.send(JSON.stringify({ version: 1, request: id }), { Origin: 'manual' });
    await world.untilSettled(id);

    expect(world.record(id, 'rejected')).toMatchObject({ reason: 'not-confirmed', origin: 'manual' });
    expect(await world.parked()).toEqual([
      expect.objectContaining({ findingId: id, outcome: 'rejected', reason: 'not-confirmed' }),
    ]);
  });
});
