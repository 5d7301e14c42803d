import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ManyRecords, startManyRecords } from '../support/many-records.ts';

const root = new URL('../../', import.meta.url).pathname;
const count = 100_000;
const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
/** Megabytes. What holds all rows, with their texts, needs more. */
const heap = 96;

let many: ManyRecords;
beforeAll(async () => {
  many = await startManyRecords(count, yesterday);
});
afterAll(() => many.close());

/** Runs a command in a process whose heap is small; it is ended by V8 where it needs more. */
async function withSmallHeap(...argv: readonly string[]) {
  const { PATH = '', HOME = '' } = process.env;
  const account = '111122223333';
  const child = spawn(process.execPath, [`--max-old-space-size=${heap}`, 'src/cli.ts', ...argv], {
    cwd: root,
    env: {
      PATH,
      HOME,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_ENDPOINT_URL: many.endpoint,
      ISOLATION_BUCKET: 'isolation',
      QUEUE_URL: `${many.endpoint}/${account}/findings`,
      DEAD_LETTER_QUEUE_URL: `${many.endpoint}/${account}/findings-dead-letter`,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let lines = 0;
  let last = '';
  let err = '';
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines += 1;
    last = line;
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString('utf8');
  });
  const [code] = await once(child, 'close');
  return { code, lines, last, err };
}

describe(`${count.toLocaleString('en')} records, with ${heap} MB for the heap`, { timeout: 300_000 }, () => {
  it('are listed by their names', async () => {
    const run = await withSmallHeap(
      'list',
      '--jsonl',
      '--fields',
      'day,finding_id,outcome',
      '--limit',
      String(count),
    );

    expect(run).toMatchObject({ code: 0, err: '', lines: count });
    expect(JSON.parse(run.last)).toEqual({
      day: yesterday,
      finding_id: (count - 1).toString(16).padStart(32, '0'),
      outcome: 'isolated',
    });
  });

  it('are counted', async () => {
    expect(await withSmallHeap('list', '--count')).toMatchObject({ code: 0, err: '', last: String(count) });
  });

  it('are counted by status', async () => {
    const run = await withSmallHeap('status', '--json');

    expect(run.code).toBe(0);
    expect(many.listed()).toBeGreaterThanOrEqual(3 * count);
  });

  it('are compared with the findings of an hour: the names of a day are held, and one page of findings', async () => {
    const hour = (at: number) => `${yesterday}T${at}:00Z`;
    const run = await withSmallHeap('reconcile', '--since', hour(12), '--until', hour(13), '--jsonl');

    expect(run).toMatchObject({ code: 0, lines: Math.ceil(count / 24) });
    expect(run.err).toMatch(/^= 4,167 done; 0 sent\.\n/);
  });
});
