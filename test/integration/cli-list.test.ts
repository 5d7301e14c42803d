import { PassThrough, Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runProgram } from '../../src/cli/program.ts';
import type { Outcome } from '../../src/core/outcome.ts';
import { commandLine } from '../support/command-line.ts';
import { flaggedObject } from '../support/findings.ts';
import { putIntoIsolation, seededId, seedRecord } from '../support/seeded-records.ts';
import { startWorld, type World } from '../support/world.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld({ stopped: true });
  seed(1, '2026-11-26T10:00:00Z', { name: 'isolated' }, { bucket: 'lake-raw', key: 'in/a.csv' });
  seed(
    2,
    '2026-11-26T11:00:00Z',
    { name: 'refused', reason: 'sse-c' },
    { bucket: 'lake-raw', key: 'in/b.txt' },
  );
  seed(3, '2026-11-25T10:00:00Z', { name: 'alerted' }, { bucket: 'media', key: 'in/\u001b[31mred\n.csv' });
  seed(4, '2026-11-20T23:59:59Z', { name: 'isolated' }, { bucket: 'media', key: 'old.csv' }, 'failed');
  seedRecord(world, {
    finding: {
      id: seededId(5),
      createdAt: new Date('2026-11-19T10:00:00Z'),
      severity: 'Low',
      detections: [{ kind: 'custom', name: 'Patient ID: old', count: 3 }],
      object: { ...flaggedObject({ bucket: 'hr', key: 'c.csv' }), accountId: '999900001111' },
    },
    outcome: { name: 'dry_run' },
    decision: { action: 'isolate', rule: 'tables' },
    message: { id: 'm', receiveCount: 1, sentAt: new Date(), origin: 'backfill' },
  });
});
afterAll(() => world.close());

function seed(
  number: number,
  createdAt: string,
  outcome: Outcome,
  where: { readonly bucket: string; readonly key: string },
  alert: 'sent' | 'failed' = 'sent',
): void {
  const finding = { id: seededId(number), createdAt: new Date(createdAt), object: flaggedObject(where) };
  seedRecord(world, { finding, outcome, alert });
}

const list = (flags: readonly string[], more: { readonly columns?: number } = {}) =>
  commandLine(['list', ...flags], { ...world.aws.workerEnvironment }, more);

const idsOf = (out: string) =>
  out
    .trim()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { finding_id: string }).finding_id);

describe('macie-isolator list', () => {
  it('shows a table, newest day first, of which no key steers the terminal', async () => {
    const run = await list(['--since', '2026-11-25'], { columns: 120 });

    expect(run).toMatchObject({ code: 0, err: '' });
    expect(run.out).toBe(
      [
        'DAY         FINDING                           OUTCOME   REASON  SEVERITY  BUCKET    KEY',
        `2026-11-26  ${seededId(1)}  isolated  -       High      lake-raw  in/a.csv`,
        `2026-11-26  ${seededId(2)}  refused   sse-c   High      lake-raw  in/b.txt`,
        String.raw`2026-11-25  ${seededId(3)}  alerted   -       High      media     in/\u001b[31mred\n.csv`,
        '',
      ].join('\n'),
    );
  });

  it('fits a terminal of 60 columns', async () => {
    const { out } = await list([], { columns: 60 });

    expect(Math.max(...out.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(60);
  });

  it('is one JSON document, or a document a line, of the fields that are asked for', async () => {
    const flags = [
      '--since',
      '2026-11-25',
      '--outcome',
      'refused',
      '--fields',
      'finding_id,reason,alert_result',
    ];
    const row = { finding_id: seededId(2), reason: 'sse-c', alert_result: 'sent' };

    const document = await list([...flags, '--json']);
    expect(document.out).toBe(`${JSON.stringify({ items: [row] }, null, 2)}\n`);
    expect((await list([...flags, '--jsonl'])).out).toBe(`${JSON.stringify(row)}\n`);
    expect((await list(['--outcome', 'gone', '--json'])).out).toBe('{\n  "items": []\n}\n');
  });

  it.each<[string, readonly string[], readonly number[]]>([
    ['outcome, several being any of them', ['--outcome', 'refused', '--outcome', 'alerted'], [2, 3]],
    ['bucket, by pattern', ['--bucket', 'lake-*'], [1, 2]],
    ['key, by pattern', ['--key', '*.csv', '--bucket', 'lake-*'], [1]],
    ['account', ['--account', '999900001111'], [5]],
    ['severity', ['--severity', 'Low'], [5]],
    ['identifier, whose name may hold a colon', ['--identifier', 'Patient ID: *'], [5]],
    ['rule', ['--rule', 'tables'], [5]],
    ['origin', ['--origin', 'backfill'], [5]],
    ['alert', ['--alert', 'failed'], [4]],
    ['a day until its end', ['--until', '2026-11-20'], [4, 5]],
    ['a time within a day', ['--since', '2026-11-26T10:30Z'], [2]],
    ['a time until', ['--since', '2026-11-26', '--until', '2026-11-26T10:30Z'], [1]],
  ])('filters by %s', async (_, flags, expected) => {
    const { out } = await list(['--jsonl', ...flags]);

    expect(idsOf(out).sort()).toEqual(expected.map(seededId).sort());
  });

  it('reads no record where names tell enough', async () => {
    const deny = { action: 's3:GetObject' };
    world.aws.s3.store.bucket(world.isolationBucket).denials.push(deny);
    try {
      expect(await list(['--outcome', 'isolated', '--count'])).toMatchObject({ code: 0, out: '2\n' });
      const named = await list(['--jsonl', '--fields', 'day,finding_id,outcome', '--since', '2026-11-26']);
      expect(idsOf(named.out)).toHaveLength(2);

      const denied = await list(['--severity', 'High', '--count']);
      expect(denied.code).toBe(1);
      expect(denied.err).toContain('AWS denies a call that this command needs.');
    } finally {
      world.aws.s3.store.bucket(world.isolationBucket).denials.pop();
    }
  });

  it('says how many there are, and goes on where it stopped', async () => {
    const first = await list(['--limit', '2', '--fields', 'finding_id']);
    expect(first.err).toMatch(
      /^2 of 5\. --limit 0 shows all, --count counts; --after records\/\S+ goes on\.\n$/,
    );

    const [, after = ''] = /--after (\S+)/.exec(first.err) ?? [];
    const second = await list(['--after', after, '--jsonl']);
    expect(idsOf(second.out)).toEqual([3, 4, 5].map(seededId));
    expect(second.err).toBe('');

    expect((await list(['--limit', '1', '--severity', 'High'])).err).toMatch(/^1 of at most 5\./);
  });

  it('counts what only its content tells', async () => {
    expect(await list(['--severity', 'High', '--count', '--json'])).toMatchObject({ out: '{"count":4}\n' });
    expect(await list(['--outcome', 'gone'])).toMatchObject({
      code: 0,
      out: '',
      err: 'No record matches.\n',
    });
  });

  it('lists a record that cannot be understood, and says so', async () => {
    const key = `records/dt=2026-11-01/${seededId(9)}.alerted.json`;
    putIntoIsolation(world, key, '{"finding_id":');
    try {
      const run = await list(['--until', '2026-11-01', '--jsonl', '--fields', 'finding_id,bucket']);
      expect(run.out).toBe(`${JSON.stringify({ finding_id: seededId(9), bucket: null })}\n`);
      expect(run.err).toContain('1 record could not be understood');
    } finally {
      world.aws.s3.store.bucket(world.isolationBucket).objects.delete(key);
    }
  });

  it('ends quietly once nobody reads its output any more, as in list | head', async () => {
    const written: string[] = [];
    const out = new Writable({
      write(chunk: Buffer, _, done) {
        written.push(chunk.toString('utf8'));
        done(written.length < 2 ? null : Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
      },
    });
    const err = new PassThrough();
    const code = await runProgram(['list', '--jsonl'], {
      out,
      err,
      input: new PassThrough(),
      env: { ...world.aws.workerEnvironment },
      isInteractive: false,
      showsProgress: false,
    });

    expect({ code, err: err.read() }).toEqual({ code: 0, err: null });
    expect(written).toHaveLength(2);
  });

  it('ends with 130 at Ctrl-C', async () => {
    const saw = () => void process.emit('SIGINT');

    expect(await commandLine(['list', '--count'], { ...world.aws.workerEnvironment }, { saw })).toMatchObject(
      {
        code: 130,
        out: '',
      },
    );
  });

  it.each([
    ['an outcome that does not exist', ['--outcome', 'isolatd'], '--outcome takes isolated, '],
    ['a time that is none', ['--since', '2026-02-30'], '--since takes a time before now'],
    ['a span that is empty', ['--since', '1h', '--until', '2h'], '--since must be before --until'],
    ['an account that is none', ['--account', '12'], '--account takes twelve digits'],
    ['a limit that is none', ['--limit', 'few'], '--limit takes a whole number'],
    ['a record that is none', ['--after', 'objects/x'], '--after takes the key of a record'],
    ['a field that does not exist', ['--fields', 'kee'], 'There is no field kee'],
    [
      'fields of a count',
      ['--count', '--fields', 'finding_id'],
      "cannot be used with option '--fields <names>'",
    ],
    ['a limit of a count', ['--count', '--limit', '5'], "cannot be used with option '--limit <number>'"],
  ])('refuses %s before it asks AWS', async (_, flags, sentence) => {
    const run = await commandLine(['list', ...flags], {});

    expect(run.code).toBe(2);
    expect(run.err).toContain(sentence);
  });

  it.each([
    [
      'a bucket that does not exist',
      { ISOLATION_BUCKET: 'nowhere' },
      78,
      'The isolation bucket does not exist.',
    ],
    ['a wrong region', { AWS_REGION: 'eu-west-1' }, 78, 'another region'],
  ])('ends with a sentence at %s', async (_, env, code, sentence) => {
    const run = await commandLine(['list'], { ...world.aws.workerEnvironment, ...env });

    expect(run.code).toBe(code);
    expect(run.err).toContain(sentence);
  });
});
