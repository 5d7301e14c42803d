import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { S3Error } from '../../src/local/s3/s3-error.ts';
import { commandLine } from '../support/command-line.ts';
import { jsonLines } from '../support/json-lines.ts';
import { namedPipe } from '../support/named-pipe.ts';
import { startWorld, type World } from '../support/world.ts';

let world: World;
let folder: string;

beforeAll(async () => {
  world = await startWorld();
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'isolator-batch-'));
  return () => rmSync(folder, { recursive: true });
});
afterAll(() => world.close());

interface Isolated {
  readonly id: string;
  readonly bucket: string;
  readonly key: string;
}

async function isolated(key: string): Promise<Isolated> {
  const bucket = world.bucket('enabled');
  const finding = world.finding(await world.upload(bucket, key, 'name\nnobody\n'));
  await world.put(finding);
  await world.untilSettled(finding.id);
  return { id: finding.id, bucket, key };
}

const isBack = ({ bucket, key }: Isolated) => world.text(bucket, key) !== undefined;

function file(...lines: readonly string[]): string {
  const path = join(folder, 'ids.txt');
  writeFileSync(path, lines.join('\n'));
  return path;
}

const release = (argv: readonly string[], more: Parameters<typeof commandLine>[2] = {}) =>
  commandLine(
    ['release', '--reason', 'false positives', '--no-wait', '--who', 'Ada', ...argv],
    { ...world.aws.workerEnvironment },
    more,
  );

const rowsOf = (out: string) => (JSON.parse(out) as { readonly items: readonly object[] }).items;

describe('macie-isolator release --from', () => {
  it('puts back what a file names: ids, their beginnings, and rows of list --jsonl', async () => {
    const [one, two, three] = await Promise.all([isolated('a'), isolated('b'), isolated('c')]);
    const row = JSON.stringify({ finding_id: three.id, key: 'c' });

    const run = await release([
      '--from',
      file('# case 12', '', one.id, two.id.slice(0, 16), row),
      '--yes',
      '--json',
    ]);

    expect(run).toMatchObject({ code: 0, err: '' });
    expect(rowsOf(run.out)).toMatchObject(
      [one, two, three].map(({ id }) => ({ finding_id: id, result: 'released' })),
    );
    expect([one, two, three].every(isBack)).toBe(true);
  });

  it('goes on after Ctrl-C with what is left, by a file beside it', async () => {
    const all = await Promise.all([isolated('a'), isolated('b'), isolated('c')]);
    const path = file(...all.map(({ id }) => id));
    const saw = (progress: string) => {
      if (progress.includes('Putting back 1 of 3')) process.emit('SIGINT');
    };

    const stopped = await release(['--from', path, '--yes'], { saw });

    expect(stopped.code).toBe(130);
    expect(stopped.err).toContain('Stopped after 1 of 3. Run the same command again to go on');
    expect(all.map(isBack)).toEqual([true, false, false]);
    expect(readFileSync(`${path}.done`, 'utf8')).toBe(`${all[0]?.id}\n`);

    const rest = await release(['--from', path, '--yes', '--json']);
    expect(rest).toMatchObject({ code: 0, err: 'Put back before: 1 finding of the batch.\n' });
    expect(rowsOf(rest.out)).toHaveLength(2);
    expect(all.every(isBack)).toBe(true);
  });

  it('goes on after an object that cannot be put back, which stays in the batch', async () => {
    const [good, occupied, denied] = await Promise.all([isolated('a'), isolated('b'), isolated('c')]);
    await world.upload(occupied.bucket, occupied.key, 'new\n');
    world.aws.s3.store.bucket(denied.bucket).denials.push({ action: 's3:PutObject' });
    const path = file(occupied.id, denied.id, good.id);

    const run = await release(['--from', path, '--yes', '--json']);

    expect(run.code).toBe(1);
    expect(rowsOf(run.out)).toMatchObject([
      { result: 'another object lies there' },
      { result: 'refused: access-denied' },
      { result: 'released' },
    ]);
    expect(readFileSync(`${path}.done`, 'utf8')).toBe(`${good.id}\n`);
  });

  it('keeps in the batch what a worker isolates once more before the second look', async () => {
    const bucket = world.bucket();
    const finding = world.finding(await world.upload(bucket, 'again', 'name\nnobody\n'));
    await world.put(finding);
    await world.untilSettled(finding.id);
    const stays = world.finding(await world.upload(bucket, 'stays', 'name\nnobody\n'));
    await world.put(stays);
    await world.untilSettled(stays.id);
    const path = file(finding.id, stays.id);
    const waits = Promise.withResolvers<void>();
    const again = commandLine(
      ['release', '--from', path, '--reason', 'false positives', '--who', 'Ada', '--yes', '--json'],
      { ...world.aws.workerEnvironment, VISIBILITY_TIMEOUT_SECONDS: '5' },
      { saw: (progress) => progress.includes('Looks once more') && waits.resolve() },
    );

    await waits.promise;
    await world.s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'again' }));

    const { code, out } = await again;
    expect(code).toBe(1);
    expect(rowsOf(out)).toMatchObject([
      { result: 'isolated once more, release it again' },
      { result: 'released' },
    ]);
    expect(readFileSync(`${path}.done`, 'utf8')).toBe(`${stays.id}\n`);
  });

  it('of standard input asks nobody, because nobody could answer', async () => {
    const run = await release(['--from', '-'], { answers: `${'a'.repeat(32)}\n` });

    expect(run.code).toBe(2);
    expect(run.err).toContain('give --yes, or --dry-run to look');
  });

  it('keeps nothing of a pipe for the next batch, which comes by the same name', async () => {
    const one = await isolated('a');
    const path = namedPipe(join(folder, 'pipe'));
    const releasePiped = async () => {
      const [run] = await Promise.all([
        release(['--from', path, '--yes', '--json']),
        writeFile(path, `${one.id}\n`),
      ]);
      return run;
    };

    const runs = [await releasePiped(), await releasePiped()];

    for (const run of runs) {
      expect(run).toMatchObject({ code: 0, err: '' });
      expect(rowsOf(run.out)).toMatchObject([{ finding_id: one.id, result: 'released' }]);
    }
    expect(existsSync(`${path}.done`)).toBe(false);
  });

  it('puts back nothing where what is done cannot be noted', async () => {
    const one = await isolated('a');
    const path = file(one.id);
    mkdirSync(`${path}.done`);

    const run = await release(['--from', path, '--yes']);

    expect(run.code).toBe(2);
    expect(run.err).toContain('ids.txt.done, which says what is done of the batch, cannot be read (EISDIR).');
    expect(isBack(one)).toBe(false);
  });

  it('ends where several objects in a row fail, and shows what came of them and what is back', async () => {
    const [good, ...bad] = await Promise.all(['a', 'b', 'c', 'd', 'e'].map(isolated));
    const path = file(good?.id ?? '', ...bad.map(({ id }) => id));
    world.aws.s3.faults.inject({
      kind: new S3Error('NotImplemented'),
      when: ({ bucket, operation }) => operation === 'CopyObject' && bucket !== good?.bucket,
    });

    const run = await release(['--from', path, '--yes', '--jsonl']);
    world.aws.s3.faults.clear();

    expect(run.code).toBe(1);
    const failed = 'failed: NotImplemented, try it again';
    expect(jsonLines(run.out)).toMatchObject([
      { finding_id: good?.id, result: 'released' },
      { finding_id: bad[0]?.id, result: failed },
      { finding_id: bad[1]?.id, result: failed },
    ]);
    expect(run.err).toContain('The command failed with NotImplemented.');
    expect(readFileSync(`${path}.done`, 'utf8')).toBe(`${good?.id}\n`);
  });

  describe('of several versions of one key', () => {
    /** Two versions, each isolated by its own finding. S3's times have whole seconds. */
    async function twoVersions(): Promise<{ readonly older: Isolated; readonly newer: Isolated }> {
      const bucket = world.bucket('enabled');
      const uploads = [];
      for (const [text, day] of [
        ['first\n', '01'],
        ['second\n', '02'],
      ]) {
        uploads.push(await world.upload(bucket, 'v.csv', text ?? ''));
        const [version] = world.versions(bucket, 'v.csv');
        if (version) Object.assign(version, { lastModified: new Date(`2026-11-${day}T00:00:00Z`) });
      }
      // One after the other: two handlings of one key at a time may leave a delete marker of their own.
      const isolated: Isolated[] = [];
      for (const object of uploads) {
        const finding = world.finding(object);
        await world.put(finding);
        await world.untilSettled(finding.id);
        isolated.push({ id: finding.id, bucket, key: 'v.csv' });
      }
      const [older, newer] = isolated;
      if (older === undefined || newer === undefined) throw new Error('two were uploaded');
      return { older, newer };
    }
    const textsOf = ({ bucket, key }: Isolated) =>
      world.versions(bucket, key).map(({ content }) => content.map(({ block }) => block.toString()).join(''));

    it('puts the older back first, so that the newest is the current one, and repeats nothing', async () => {
      const { newer, older } = await twoVersions();
      expect(textsOf(newer)).toEqual([]);

      const run = await release([newer.id, older.id, '--yes', '--json']);

      expect(rowsOf(run.out)).toMatchObject([
        { finding_id: older.id, result: 'released' },
        { finding_id: newer.id, result: 'released' },
      ]);
      expect(textsOf(newer)).toEqual(['second\n', 'first\n']);

      expect(await release([newer.id, older.id, '--yes', '--json'])).toEqual(run);
      expect(textsOf(newer)).toEqual(['second\n', 'first\n']);
    });

    it('hides no newer version under an older one', async () => {
      const { newer, older } = await twoVersions();
      expect(await release([newer.id, '--yes'])).toMatchObject({ code: 0 });

      const run = await release([older.id, '--yes', '--json']);

      expect(run.code).toBe(1);
      expect(rowsOf(run.out)).toMatchObject([{ result: 'a newer version was put back before' }]);
      expect(textsOf(newer)).toEqual(['second\n']);
    });

    it('puts nothing on what a person has put on a released version', async () => {
      const { newer, older } = await twoVersions();
      expect(await release([older.id, '--yes'])).toMatchObject({ code: 0 });
      await world.upload(older.bucket, older.key, 'theirs\n');

      const run = await release([newer.id, '--yes', '--json']);

      expect(rowsOf(run.out)).toMatchObject([{ result: 'another object lies there' }]);
      expect(textsOf(newer)).toEqual(['theirs\n', 'first\n']);
    });
  });

  it('changes nothing in a dry run, and keeps no file', async () => {
    const one = await isolated('a');
    const path = file(one.id);

    expect((await release(['--from', path, '--dry-run'])).out).toContain('would be put back');
    expect(existsSync(`${path}.done`)).toBe(false);
    expect(isBack(one)).toBe(false);
  });

  it.each<[string, () => readonly string[], string]>([
    [
      'a file that is not there',
      () => ['--from', '/nowhere/ids.txt'],
      '/nowhere/ids.txt cannot be read (ENOENT).',
    ],
    ['a file that names nothing', () => ['--from', file('# nothing')], 'names no finding.'],
    ['a line that is no id', () => ['--from', file('../../x')], '../../x is no finding id'],
    [
      'a document without an id',
      () => ['--from', file('{"key":"a"}')],
      'Line 1 is a document without a finding_id.',
    ],
    ['neither ids nor a file', () => [], 'Give finding ids, or a file of them with --from.'],
    ['both', () => ['0'.repeat(32), '--from', 'x'], 'Give finding ids, or a file of them with --from.'],
  ])('refuses %s before it asks AWS', async (_, argv, sentence) => {
    const run = await release([...argv(), '--yes']);

    expect(run.code).toBe(2);
    expect(run.err).toContain(sentence);
  });
});
