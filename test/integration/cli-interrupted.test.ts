import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { queueDepth } from '../../src/aws/queue/queue-depth.ts';
import { localAccount, localRegion } from '../../src/local/account.ts';
import type { InjectedFault } from '../../src/local/s3/faults.ts';
import { receivedFrom, sendTo } from '../support/dead-letters.ts';
import { eventually } from '../support/eventually.ts';
import { macieDetail } from '../support/findings.ts';
import { seededId } from '../support/seeded-records.ts';
import { startWorld, type World } from '../support/world.ts';

const root = new URL('../../', import.meta.url).pathname;
let world: World;
let folder: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'isolator-interrupted-'));
  world = await startWorld({ stopped: true });
});
afterEach(async () => {
  rmSync(folder, { recursive: true });
  await world.close();
});

/** Runs a command as a process of its own, to which `interrupt` sends Ctrl-C. */
function start(argv: readonly string[]) {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, ['src/cli.ts', ...argv], {
    cwd: root,
    env: { PATH, HOME, ...world.aws.workerEnvironment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const text = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => void (text.out += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => void (text.err += chunk.toString('utf8')));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, ...text }));
  return { interrupt: () => void child.kill('SIGINT'), ended };
}

/** Interrupts when S3 gets a call, before it answers. */
function whenS3Gets(
  isMeant: (call: Parameters<InjectedFault['when']>[0]) => boolean,
  interrupt: () => void,
): void {
  let isOver = false;
  world.aws.s3.faults.inject({
    kind: 'reset',
    when(call) {
      if (!isOver && isMeant(call)) {
        isOver = true;
        interrupt();
      }
      return false;
    },
  });
}

const findingsQueue = () => world.aws.dataPlane.queueUrl;
const sentBodies = async () => (await receivedFrom(world, findingsQueue())).map(({ body }) => body);

describe('the process of a command, at Ctrl-C in the middle of its work', () => {
  it('dlq replay sends nothing more, says how to go on, and the same command sends the rest', async () => {
    const ids = ['a', 'b', 'c'].map((letter) => letter.repeat(32));
    for (const id of ids) {
      const body = JSON.stringify({ source: 'aws.macie', detail: { id } });
      await sendTo(world, world.aws.dataPlane.deadLetterQueueUrl, body, { Reason: 'denied', FindingId: id });
    }
    const replay = ['dlq', 'replay', '--all', '--yes'];
    const process = start([...replay, '--rate', '1/h']);
    await eventually(async () => (await queueDepth(world.sqs, findingsQueue())).visible === 1);
    process.interrupt();

    const stopped = await process.ended;

    expect(stopped.code).toBe(130);
    expect(stopped.err).toContain('Stopped after 1 of 3. Run the same command again to go on');
    expect((await start(replay).ended).code).toBe(0);
    const sent = (await sentBodies()).map(
      (body) => (JSON.parse(body) as { detail: { id: string } }).detail.id,
    );
    expect(sent.toSorted()).toEqual(ids);
  });

  it('backfill sends nothing more, and the command that it names sends the rest', async () => {
    const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
    const ids = Array.from({ length: 60 }, (_, index) => seededId(index + 1));
    for (const [index, id] of ids.entries()) {
      const createdAt = `${yesterday}T03:${String(index).padStart(2, '0')}:00.000Z`;
      world.aws.macie.findings.add({
        ...macieDetail({ id, accountId: localAccount, region: localRegion, createdAt }),
        id,
      });
    }
    const process = start(['backfill', '--since', '2d', '--yes', '--rate', '1000/s']);
    let pages = 0;
    world.aws.macie.refuse(({ operation }) => {
      if (operation === 'GetFindings') pages += 1;
      if (pages === 2 && operation === 'GetFindings') process.interrupt();
      return undefined;
    });

    const stopped = await process.ended;

    expect(stopped.code).toBe(130);
    expect(stopped.err).toMatch(/Stopped after 5\d findings\. Go on with:\n {2}macie-isolator backfill/);
    const [, command = ''] = /\n {2}macie-isolator (.*)\n/.exec(stopped.err) ?? [];
    expect((await start([...command.split(' '), '--yes']).ended).code).toBe(0);
    const sent = (await sentBodies()).map(
      (body) => (JSON.parse(body) as { detail: { id: string } }).detail.id,
    );
    expect([...new Set(sent)].toSorted()).toEqual(ids.toSorted());
    // The command begins with the time of the last finding that was sent, which is sent again.
    expect(sent.length).toBeLessThanOrEqual(ids.length + 1);
  });

  it('isolate --plan requests nothing more, and the same command requests the rest', async () => {
    const bucket = world.bucket('enabled');
    const lines: string[] = [];
    for (let index = 0; index < 40; index += 1) {
      const { key, versionId } = await world.upload(bucket, `in/${index}.csv`, `secret ${index}`);
      lines.push(JSON.stringify({ account_id: localAccount, bucket, key, version_id: versionId }));
    }
    const plan = join(folder, 'plan.jsonl');
    writeFileSync(plan, lines.join('\n'));
    const isolate = ['isolate', '--plan', plan, '--reason', 'rule hr', '--who', 'Ada', '--yes'];
    const process = start(isolate);
    whenS3Gets(
      ({ key, operation }) => operation === 'PutObject' && key.startsWith('requests/'),
      process.interrupt,
    );

    const stopped = await process.ended;

    expect(stopped.code).toBe(130);
    const [, some = ''] = /Stopped after (\d+) of 40\. Run the same command again/.exec(stopped.err) ?? [];
    expect(Number(some)).toBeGreaterThan(0);
    expect(world.keys('requests/')).toHaveLength(Number(some));
    expect((await start(isolate).ended).code).toBe(0);
    expect(world.keys('requests/')).toHaveLength(40);
  });

  it('release --from puts back nothing more, and the same command puts back the rest', async () => {
    await world.close();
    world = await startWorld();
    const bucket = world.bucket('enabled');
    const keys = ['a', 'b', 'c'];
    const ids: string[] = [];
    for (const key of keys) {
      const finding = world.finding(await world.upload(bucket, key, `name\n${key}\n`));
      await world.put(finding);
      await world.untilSettled(finding.id);
      ids.push(finding.id);
    }
    const batch = join(folder, 'ids.txt');
    writeFileSync(batch, ids.join('\n'));
    const release = ['release', '--from', batch, '--reason', 'x', '--who', 'Ada', '--no-wait', '--yes'];
    const isBack = () => keys.map((key) => world.text(bucket, key) !== undefined);
    const process = start(release);
    whenS3Gets(
      ({ bucket: into, key, operation }) => operation === 'CopyObject' && into === bucket && key === 'a',
      process.interrupt,
    );

    const stopped = await process.ended;

    expect(stopped.code).toBe(130);
    expect(stopped.err).toContain('Stopped after 1 of 3. Run the same command again to go on');
    expect(isBack()).toEqual([true, false, false]);
    expect((await start(release).ended).code).toBe(0);
    expect(isBack()).toEqual([true, true, true]);
    for (const key of keys) expect(world.versions(bucket, key)).toHaveLength(1);
  });
});
