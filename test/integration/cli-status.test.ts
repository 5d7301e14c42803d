import { PassThrough } from 'node:stream';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Outcome } from '../../src/core/outcome.ts';
import { commandLine } from '../support/command-line.ts';
import { sendTo } from '../support/dead-letters.ts';
import { stopClockAtNoon } from '../support/noon.ts';
import { seededId, seedRecord } from '../support/seeded-records.ts';
import { startWorld, type World } from '../support/world.ts';

let world: World;
let denied: string[] = [];

beforeAll(async () => {
  world = await startWorld();
});
afterEach(() => {
  for (const bucket of denied.splice(0)) world.aws.s3.store.bucket(bucket).denials.length = 0;
});
afterAll(() => world.close());

const status = (flags: readonly string[], env: Readonly<Record<string, string>> = {}, columns?: number) =>
  commandLine(
    ['status', ...flags],
    { ...world.aws.workerEnvironment, ...env },
    columns === undefined ? {} : { columns },
  );

const worker = () => `http://127.0.0.1:${world.port}`;

interface Shown {
  readonly what: string;
  readonly state: string;
  readonly value: number | string;
  readonly text: string;
}

async function shown(flags: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const run = await status([...flags, '--json'], env);
  const { items } = JSON.parse(run.out) as { readonly items: readonly Shown[] };
  return { code: run.code, items, of: (name: string) => items.find(({ what }) => what === name) };
}

function deny(action: string): void {
  const bucket = world.isolationBucket;
  world.aws.s3.store.bucket(bucket).denials.push({ action });
  denied = [...denied, bucket];
}

describe('macie-isolator status', () => {
  it('shows a service that does well, as a table', async () => {
    const run = await status(['--url', worker()], {}, 120);

    expect(run).toMatchObject({ code: 0, err: '' });
    expect(run.out.split('\n').map((line) => line.slice(0, 36).trimEnd())).toEqual(
      [
        'STATE    WHAT               NOW',
        'unknown  queue-age          unknown',
        'unknown  budget-left        unknown',
        'fine     service            running',
        'fine     readable           0',
        'fine     parked             0',
        'fine     not-told           0',
        'fine     oldest-unfinished  0',
        'fine     waiting            0',
        'fine     workers            1',
        'fine     isolated-today     0',
        '',
      ].map((line) =>
        expect.stringMatching(line === '' ? /^$/ : new RegExp(`^${line.split(/ {2,}/).join(' +')}`)),
      ),
    );
    expect((await status(['--check', '--url', worker()])).code).toBe(0);
  });

  it('says unknown, and never 0, of what nobody named', async () => {
    const { code, of } = await shown(['--check']);

    expect(code).toBe(0);
    for (const name of ['not-told', 'oldest-unfinished', 'workers']) {
      expect(of(name)).toMatchObject({ state: 'unknown', value: 'unknown' });
    }
    expect((await shown(['--check', '--max-age', '1h'])).code).toBe(3);
    expect((await shown(['--check', '--max-parked', '5'], { DEAD_LETTER_QUEUE_URL: '' })).code).toBe(3);
  });

  it('counts what can be read and what was isolated today by the names of records alone', async () => {
    stopClockAtNoon();
    const now = new Date();
    const ends: readonly (readonly [number, Outcome])[] = [
      [1, { name: 'isolated' }],
      [2, { name: 'retained', reason: 'locked' }],
      [3, { name: 'retained', reason: 'locked' }],
      [3, { name: 'isolated' }],
      [4, { name: 'refused', reason: 'sse-c' }],
      [5, { name: 'alerted' }],
      [7, { name: 'held', reason: 'rule-limit' }],
    ];
    for (const [number, outcome] of ends) {
      seedRecord(world, { finding: { id: seededId(number), createdAt: now }, outcome });
    }
    seedRecord(world, {
      finding: { id: seededId(6), createdAt: new Date(now.getTime() - 5 * 86_400_000) },
      outcome: { name: 'retained', reason: 'locked' },
    });
    deny('s3:GetObject');

    const { items, of } = await shown([]);

    expect(of('readable')).toMatchObject({ state: 'wrong', value: 3 });
    expect(of('readable')?.text).toContain('1 retained, 1 refused, 1 held');
    expect(of('isolated-today')).toMatchObject({ value: 2 });
    expect(items[0]?.what).toBe('readable');
    expect((await shown(['--days', '7'])).of('readable')).toMatchObject({ value: 4 });
    expect((await shown(['--check'])).code).toBe(3);
    for (const key of world.recordKeys()) {
      world.aws.s3.store.bucket(world.isolationBucket).objects.delete(key);
    }
  });

  it('says unknown with the code where a source does not answer, and shows the others', async () => {
    deny('s3:GetObject');

    const { code, of } = await shown(['--check']);

    expect(code).toBe(3);
    expect(of('service')).toMatchObject({ state: 'unknown', value: 'unknown' });
    expect(of('service')?.text).toContain('AccessDenied');
    expect(of('waiting')).toMatchObject({ state: 'fine' });
  });

  it('shows first who paused and why', async () => {
    const env = { ...world.aws.workerEnvironment };
    const reason = 'rule \u001b[31mtoo wide';
    await commandLine(['pause', '--reason', reason, '--who', 'Ada', '--yes'], env);

    const run = await status([]);
    const [, first] = run.out.split('\n');

    expect(first).toMatch(/^wrong {4}service +paused +Paused by Ada since .*rule \\u001b\[31mtoo wide\.$/);
    expect((await status(['--check'])).code).toBe(3);
    await commandLine(['resume', '--reason', 'mended', '--who', 'Ada', '--yes', '--budget', '50'], env);
    expect((await shown([])).of('budget-left')).toMatchObject({ state: 'fine', value: 50 });
  });

  it('counts parked messages, of which some may be allowed', async () => {
    await world.send('no finding');
    await world.log.until('message_settled', { how: 'park' });

    expect((await shown([])).of('parked')).toMatchObject({ state: 'wrong', value: 1 });
    expect((await shown(['--check', '--max-parked', '1'])).code).toBe(0);
  });

  it('counts the findings that EventBridge could not deliver', async () => {
    const { rulesDeadLetterQueueUrl: url } = world.aws.dataPlane;
    const env = { RULES_DEAD_LETTER_QUEUE_URL: url };
    const before = Number((await shown([], env)).of('parked')?.value);
    await sendTo(world, url, '{}', { ERROR_CODE: 'NO_PERMISSIONS' });

    expect((await shown([], env)).of('parked')).toMatchObject({ state: 'wrong', value: before + 1 });
  });

  it('names a worker that does not answer, and one that is none', async () => {
    const { code, of } = await shown(['--check', '--url', worker(), '--url', 'http://127.0.0.1:1']);

    expect(code).toBe(3);
    expect(of('workers')).toMatchObject({ state: 'wrong', value: 1 });
    expect(of('workers')?.text).toMatch(/^1 of 2 answer, version .*127\.0\.0\.1:1 does not answer\.$/);
    expect(of('not-told')).toMatchObject({ state: 'unknown' });
    expect((await shown(['--url', world.aws.s3.endpoint])).of('workers')?.text).toContain('not as a worker');
  });

  it('shows it again until Ctrl-C with --watch', async () => {
    let times = 0;
    const heard = (text: string) => {
      times += text.split('STATE').length - 1;
      if (times === 2) process.emit('SIGINT');
    };
    const run = await commandLine(
      ['status', '--watch', '1'],
      { ...world.aws.workerEnvironment },
      { columns: 100, heard },
    );

    expect(run.code).toBe(130);
    expect(run.out.split('\u001b[2J\u001b[H')).toHaveLength(3);
  });

  it('shows it with --watch until nobody reads on, as in status --watch | head', async () => {
    const output = new PassThrough();
    const close = () => output.emit('error', Object.assign(new Error('closed'), { code: 'EPIPE' }));

    const run = await commandLine(['status', '--watch', '1'], world.aws.workerEnvironment, {
      output,
      heard: close,
    });

    expect({ code: run.code, err: run.err }).toEqual({ code: 0, err: '' });
  });

  it.each([
    ['an address that is none', ['--url', 'worker'], '--url takes the address of a worker'],
    ['an age that is none', ['--max-age', '1'], '--max-age takes minutes, hours or days'],
    ['both ways at once', ['--check', '--watch'], 'not both'],
    ['no days', ['--days', '0'], '--days takes a whole number'],
  ])('refuses %s', async (_, flags, sentence) => {
    const run = await commandLine(['status', ...flags], {});

    expect(run.code).toBe(2);
    expect(run.err).toContain(sentence);
  });

  it('ends with the sentence of the error where AWS answers nothing', async () => {
    const nowhere = 'http://127.0.0.1:1';
    const run = await status([], { AWS_ENDPOINT_URL_S3: nowhere, AWS_ENDPOINT_URL_SQS: nowhere });

    expect(run).toMatchObject({ code: 1, out: '' });
    expect(run.err).toContain('AWS could not be reached.');
  });
});
