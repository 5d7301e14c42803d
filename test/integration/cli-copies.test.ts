import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { localAccount } from '../../src/local/account.ts';
import { bytesContent } from '../../src/local/s3/store/content.ts';
import { commandLine } from '../support/command-line.ts';
import { jsonLines } from '../support/json-lines.ts';
import { putIntoIsolation, seededId, seedRecord } from '../support/seeded-records.ts';
import { startWorld, type World } from '../support/world.ts';

let world: World;
let folder: string;

beforeAll(async () => {
  world = await startWorld();
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'isolator-get-'));
  return () => rmSync(folder, { recursive: true });
});
afterAll(() => world.close());

const run = (argv: readonly string[], env: Readonly<Record<string, string>> = {}, answers?: string) =>
  commandLine(argv, { ...world.aws.workerEnvironment, ...env }, answers === undefined ? {} : { answers });

const isolationBucket = () => world.aws.s3.store.bucket(world.isolationBucket);

async function isolated(key: string): Promise<{ readonly id: string; readonly copy: string }> {
  const object = await world.upload(world.bucket(), key, 'name\nnobody\n');
  const finding = world.finding(object);
  await world.put(finding);
  await world.untilSettled(finding.id);
  return { id: finding.id, copy: world.record(finding.id, 'isolated')?.isolation_key ?? '' };
}

const linesAbout = (id: string) =>
  world
    .keys('access/')
    .filter((key) => key.includes(`/${id}/`))
    .map((key) => JSON.parse(world.text(world.isolationBucket, key) ?? '') as Record<string, unknown>);

describe('macie-isolator get', () => {
  const get = (id: string, file: string, flags: readonly string[] = []) =>
    run(['get', id, '--out', file, '--reason', 'case 12', ...flags]);

  it('writes the verified bytes to a new file of its owner alone, and a line about who and why', async () => {
    const { copy, id } = await isolated('in/a.csv');
    const file = join(folder, 'a.csv');

    const { code, err, out } = await get(id, file, ['--who', 'Ada', '--json']);

    expect({ code, err }).toEqual({ code: 0, err: '' });
    const [line] = world.keys('access/').filter((key) => key.includes(id));
    expect(JSON.parse(out)).toEqual({
      items: [
        {
          finding_id: id,
          file,
          size_bytes: 12,
          proof: 'verified',
          checksum: expect.stringMatching(/^CRC32 /),
          access_key: line,
        },
      ],
    });
    expect(readFileSync(file, 'utf8')).toBe('name\nnobody\n');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(linesAbout(id)).toEqual([
      {
        what: 'get',
        who: 'Ada',
        principal: `arn:aws:sts::${localAccount}:assumed-role/worker/local`,
        why: 'case 12',
        at: expect.stringMatching(/Z$/),
        finding_id: id,
        isolation_key: copy,
      },
    ]);
  });

  it('overwrites no file, and reads nothing then', async () => {
    const { id } = await isolated('in/there.csv');
    const file = join(folder, 'there.csv');
    writeFileSync(file, 'mine');

    const again = await get(id, file);

    expect(again.code).toBe(2);
    expect(again.err).toContain('exists, and no file is overwritten');
    expect(readFileSync(file, 'utf8')).toBe('mine');
    expect(linesAbout(id)).toEqual([]);
  });

  it('keeps no file of bytes that are not those that were isolated', async () => {
    const { copy, id } = await isolated('in/forged.csv');
    const [version] = world.versions(world.isolationBucket, copy);
    // S3 still shows the checksum, as a broken disk would.
    if (version) Object.assign(version, { content: bytesContent(Buffer.from('name\nforged\n')) });

    const { code, err } = await get(id, join(folder, 'forged.csv'));

    expect(code).toBe(1);
    expect(err).toContain('are not those that were isolated. The file was removed.');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('reads no byte without its line', async () => {
    const { id } = await isolated('in/denied.csv');
    isolationBucket().denials.push({ action: 's3:PutObject' });
    try {
      const { code, err } = await get(id, join(folder, 'denied.csv'));

      expect(code).toBe(1);
      expect(err).toContain('AWS denies a call that this command needs.');
      expect(readdirSync(folder)).toEqual([]);
    } finally {
      isolationBucket().denials.pop();
    }
  });

  it('removes what it wrote at Ctrl-C', async () => {
    const { id } = await isolated('in/stopped.csv');
    const argv = ['get', id, '--out', join(folder, 'stopped.csv'), '--reason', 'case 12'];
    const saw = (progress: string) => {
      if (progress.includes('Reading')) process.emit('SIGINT');
    };

    expect(await commandLine(argv, { ...world.aws.workerEnvironment }, { saw })).toMatchObject({ code: 130 });
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([
    ['a folder that does not exist', (id: string) => [id, 'none/a.csv'], 2, 'its folder does not exist'],
    ['a folder that is a file', (id: string) => [id, 'file/a.csv'], 2, 'its folder is a file'],
    ['an id without a record', () => ['0'.repeat(32), 'a.csv'], 1, 'No record of the finding'],
    ['what is no id', () => ['../x', 'a.csv'], 2, 'is no finding id'],
  ])('ends with a sentence at %s', async (_, argv, code, sentence) => {
    const { id } = await isolated('in/sentence.csv');
    const [what = '', name = ''] = argv(id);
    writeFileSync(join(folder, 'file'), '');

    const ended = await get(what, join(folder, name));

    expect(ended.code).toBe(code);
    expect(ended.err).toContain(sentence);
    expect(ended.err.trim().split('\n')).toHaveLength(1);
    expect(readdirSync(folder)).toEqual(['file']);
    expect(linesAbout(id)).toEqual([]);
  });

  it('writes a file of the longest name', async () => {
    const { id } = await isolated('in/long.csv');
    const file = join(folder, 'x'.repeat(255));

    expect(await get(id, file)).toMatchObject({ code: 0 });
    expect(readFileSync(file, 'utf8')).toBe('name\nnobody\n');
  });

  it('says of a finding without a copy how it ended', async () => {
    const id = seededId(7);
    seedRecord(world, { finding: { id }, outcome: { name: 'alerted' } });

    expect((await get(id, join(folder, 'x'))).err).toContain('has no copy; it ended as alerted.');
  });
});

describe('macie-isolator hold', () => {
  const heldIn = (key: string) => world.versions(world.isolationBucket, key)[0]?.legalHold;

  it('says that a bucket without Object Lock knows no hold', async () => {
    const { id } = await isolated('in/no-lock.csv');

    const ended = await run(['hold', id, '--reason', 'case 4711', '--yes']);

    expect(ended.code).toBe(1);
    expect(ended.err).toContain('The isolation bucket has no Object Lock');
    expect(linesAbout(id)).toEqual([]);
    const looked = await run(['hold', id, '--reason', 'case 4711', '--dry-run']);
    expect(looked).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('has no Object Lock') as string,
    });
  });

  it('holds a copy also where the settings of the bucket may not be read', async () => {
    Object.assign(isolationBucket(), { objectLock: true });
    const { copy, id } = await isolated('in/unknown-lock.csv');
    isolationBucket().denials.push({ action: 's3:GetBucketObjectLockConfiguration' });
    try {
      const ended = await run(['hold', id, '--reason', 'case 4711', '--yes']);

      expect(ended.code).toBe(0);
      expect(heldIn(copy)).toBe(true);
    } finally {
      isolationBucket().denials.pop();
      Object.assign(isolationBucket(), { objectLock: false });
    }
  });

  it('takes an id and its beginning for one copy', async () => {
    Object.assign(isolationBucket(), { objectLock: true });
    const { id } = await isolated('in/twice.csv');

    const asked = await run(['hold', id, id.slice(0, 12), '--reason', 'case 4711'], {}, 'n\n');

    expect(asked.err).toContain('Hold 1 copy?');
  });

  it('shows the holds that are put where a later one fails', async () => {
    Object.assign(isolationBucket(), { objectLock: true });
    const [first, second] = [await isolated('in/one.csv'), await isolated('in/two.csv')];
    world.aws.s3.faults.inject({
      kind: 'access-denied',
      when: ({ key, operation }) => operation === 'PutObjectLegalHold' && key === second.copy,
    });

    const ended = await run(['hold', first.id, second.id, '--reason', 'case 4711', '--yes', '--jsonl']);
    world.aws.s3.faults.clear();

    expect(ended.code).toBe(1);
    expect(ended.err).toContain('AWS denies a call');
    expect(jsonLines(ended.out)).toMatchObject([{ finding_id: first.id, result: 'held' }]);
    expect([heldIn(first.copy), heldIn(second.copy)]).toEqual([true, undefined]);
  });

  it('puts and takes away the hold of a copy, and writes who and why', async () => {
    Object.assign(isolationBucket(), { objectLock: true });
    const { copy, id } = await isolated('in/held.csv');

    const shown = await run(['hold', id, '--reason', 'case 4711', '--dry-run']);
    expect(shown.out).toContain('would be held');
    expect(heldIn(copy)).toBeUndefined();
    const refused = await run(['hold', id, '--reason', 'case 4711'], {}, 'n\n');
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('Hold 1 copy? [y/N]') });
    expect(linesAbout(id)).toEqual([]);

    const held = await run([
      'hold',
      id.slice(0, 12),
      '--reason',
      'case 4711',
      '--who',
      'Ada',
      '--yes',
      '--json',
    ]);
    expect(JSON.parse(held.out)).toEqual({
      items: [{ finding_id: id, result: 'held', size_bytes: 12, isolation_key: copy }],
    });
    expect(heldIn(copy)).toBe(true);
    expect(await run(['hold', id, '--reason', 'again', '--yes'])).toMatchObject({
      code: 0,
      out: expect.stringContaining('was held'),
    });

    expect(await run(['unhold', id, '--reason', 'case is over', '--yes'])).toMatchObject({
      code: 0,
      out: expect.stringContaining('free'),
    });
    expect(heldIn(copy)).toBe(false);
    expect(linesAbout(id)).toMatchObject([
      { what: 'hold', who: 'Ada', why: 'case 4711' },
      { what: 'unhold', why: 'case is over' },
    ]);
  });
});

describe('macie-isolator hold of whoever may not look at copies', () => {
  it('holds the copy that the record names', async () => {
    Object.assign(isolationBucket(), { objectLock: true });
    const { copy, id } = await isolated('in/unseen.csv');
    isolationBucket().denials.push({ action: 's3:GetObject', when: ({ key }) => key.startsWith('objects/') });
    try {
      const { code, out } = await run(['hold', id, '--reason', 'case 4711', '--yes', '--json']);

      expect(code).toBe(0);
      expect(JSON.parse(out)).toMatchObject({
        items: [{ result: 'held', size_bytes: null, isolation_key: copy }],
      });
      const got = await run(['get', id, '--out', join(folder, 'x'), '--reason', 'case 4711']);
      expect(got).toMatchObject({
        code: 1,
        err: expect.stringContaining('Only investigators may read copies.'),
      });
    } finally {
      isolationBucket().denials.pop();
    }
  });
});

describe('macie-isolator list --alert failed --resend', () => {
  const resend = (flags: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    run(['list', '--alert', 'failed', '--resend', ...flags], env);

  it('tells people who were not told, once, with the text that they would have got', async () => {
    const id = seededId(40);
    seedRecord(world, {
      finding: { id },
      outcome: { name: 'refused', reason: 'retries-exhausted', lastError: 'SlowDown' },
      alert: 'failed',
    });

    const asked = await run(['list', '--alert', 'failed', '--resend'], {}, 'n\n');
    expect(asked).toMatchObject({ code: 1, err: expect.stringContaining('Tell people of 1 record') });
    expect((await run(['show', id])).out).toContain('An alert failed');

    expect(await resend(['--yes', '--jsonl', '--fields', 'finding_id,result'])).toMatchObject({
      code: 0,
      out: `${JSON.stringify({ finding_id: id, result: 'sent' })}\n`,
    });
    const alert = (await world.alerts()).find(({ findingId }) => findingId === id);
    expect(alert?.email).toContain('reason: SlowDown');
    expect((await resend(['--yes', '--jsonl'])).out).toContain('was told before');
    expect((await world.alerts()).filter(({ findingId }) => findingId === id)).toHaveLength(0);
    const story = await run(['show', id, '--fields', 'alerts,differences']);
    expect(story.out).toContain('told later  true');
    expect(story.out).not.toContain('An alert failed');
  });

  it.each([
    ['other records', ['list', '--resend', '--yes'], 2, 'give it with --alert failed'],
    ['a limit', ['list', '--alert', 'failed', '--resend', '--limit', '1'], 2, 'without --count and --limit'],
  ])('refuses %s', async (_, argv, code, sentence) => {
    const ended = await run(argv);

    expect(ended.code).toBe(code);
    expect(ended.err).toContain(sentence);
  });

  it('does not say that no alert failed of records that cannot be understood', async () => {
    const key = 'records/dt=2026-11-20/00000000000000000000000000000000.isolated.json';
    putIntoIsolation(world, key, 'no JSON');

    const { code, err } = await resend(['--yes', '--since', '2026-11-19', '--until', '2026-11-21']);

    expect(code).toBe(1);
    expect(err).toBe('1 record could not be understood: whether their alerts failed is unknown.\n');
    isolationBucket().objects.delete(key);
  });

  it('has a row for an alert that was sent and could not be noted', async () => {
    const id = seededId(42);
    seedRecord(world, { finding: { id }, outcome: { name: 'isolated' }, alert: 'failed' });
    isolationBucket().denials.push({ action: 's3:PutObject' });

    const { code, err, out } = await resend(['--yes', '--jsonl', '--fields', 'finding_id,result']);
    isolationBucket().denials.pop();

    expect(code).toBe(1);
    expect(jsonLines(out)).toContainEqual({
      finding_id: id,
      result: 'sent, but not noted: a repetition tells them again',
    });
    expect(err).toContain('AWS denies a call');
    expect((await world.alerts()).filter(({ findingId }) => findingId === id)).toHaveLength(1);
    expect((await resend(['--yes'])).code).toBe(0);
  });

  it('says that the topic does not answer, and can be repeated', async () => {
    seedRecord(world, { finding: { id: seededId(41) }, outcome: { name: 'isolated' }, alert: 'failed' });

    const failed = await resend(['--yes'], { AWS_ENDPOINT_URL_SNS: 'http://127.0.0.1:1' });
    expect(failed.code).toBe(1);
    expect(failed.out).toContain('failed again: ECONNREFUSED');
    expect((await resend(['--yes'])).code).toBe(0);
    expect((await resend(['--yes'], { ALERT_TOPIC_ARN: '' })).code).toBe(78);
  });
});
