import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { releaseMark } from '../../src/core/evidence/release-records.ts';
import { commandLine } from '../support/command-line.ts';
import { killedAt, moments } from '../support/killed-command.ts';
import type { Uploaded } from '../support/uploaded.ts';
import { startWorld, textOf, type World } from '../support/world.ts';

let world: World;

const release = (ids: readonly string[], ...flags: readonly string[]) =>
  commandLine(
    ['release', ...ids, '--reason', 'synthetic', '--who', 'Ada', '--yes', '--no-wait', '--json', ...flags],
    {
      ...world.aws.workerEnvironment,
    },
  );
const itemsOf = (out: string) => (JSON.parse(out) as { items: Record<string, unknown>[] }).items;
const texts = ({ bucket, key }: Pick<Uploaded, 'bucket' | 'key'>) =>
  world.versions(bucket, key).map((version) => (version.isMarker ? 'marker' : textOf(version)));

/** Uploads versions of one key and has the worker isolate them all by a finding about the flagged one. */
async function isolated(
  bodies: readonly string[],
  flaggedAt = bodies.length - 1,
  more: Parameters<World['upload']>[3] = {},
) {
  const bucket = world.bucket('enabled');
  const uploads: Uploaded[] = [];
  for (const body of bodies) uploads.push(await world.upload(bucket, 'v.csv', body, more));
  const finding = world.finding(uploads[flaggedAt] as Uploaded);
  await world.put(finding);
  await world.untilSettled(finding.id);
  expect(texts({ bucket, key: 'v.csv' })).toEqual([]);
  return { id: finding.id, bucket, key: 'v.csv' };
}

describe('a release after SOURCE_VERSIONS=all', () => {
  beforeAll(async () => {
    world = await startWorld({ env: { SOURCE_VERSIONS: 'all' } });
  });
  afterAll(() => world.close());

  it('puts every version back, oldest first, each verified and with a release record of its own', async () => {
    const of = await isolated(['first\n', 'second\n', 'third\n']);

    const run = await release([of.id]);

    expect(run).toMatchObject({ code: 0, err: '' });
    expect(texts(of)).toEqual(['third\n', 'second\n', 'first\n']);
    const ids = world.versions(of.bucket, of.key).map(({ id }) => id);
    expect(itemsOf(run.out)).toMatchObject(
      ids.toReversed().map((version_id) => ({ finding_id: of.id, result: 'released', version_id })),
    );
    for (const id of ids) {
      expect(
        world
          .keys('releases/')
          .filter((key) => key.includes(`/${of.bucket}/`) && key.endsWith(`/${id}.json`)),
      ).toHaveLength(1);
    }
  });

  it('shows all versions, their number and their bytes before anything is put back', async () => {
    const of = await isolated(['first\n', 'second!\n']);

    const shown = await commandLine(['release', of.id, '--reason', 'x', '--dry-run', '--json'], {
      ...world.aws.workerEnvironment,
    });
    const asked = await commandLine(
      ['release', of.id, '--reason', 'x'],
      { ...world.aws.workerEnvironment },
      { answers: 'n\n' },
    );

    expect(itemsOf(shown.out)).toMatchObject([
      { size_bytes: 6, result: 'would be put back' },
      { size_bytes: 8, result: 'would be put back' },
    ]);
    expect(asked.err).toContain(`2 objects, 14 B, back to s3://${of.bucket}?`);
    expect(texts(of)).toEqual([]);
  });

  it('puts versions of the same bytes back once each', async () => {
    const of = await isolated(['same\n', 'other\n', 'same\n']);

    expect(await release([of.id])).toMatchObject({ code: 0 });
    expect(await release([of.id])).toMatchObject({ code: 0 });

    expect(texts(of)).toEqual(['same\n', 'other\n', 'same\n']);
  });

  it.each([
    [moments[0], ['first\n', 'second\n']],
    [moments[1], ['same\n', 'same\n']],
  ] as const)(
    'ends the same where it is killed %s any of its calls and run again',
    async (moment, bodies) => {
      for (let call = 1, isKilled = true; isKilled; call += 1) {
        const of = await isolated(bodies);
        const first = await killedAt(call, moment, () => release([of.id]));
        isKilled = first.isKilled;

        const again = await release([of.id]);

        expect(again, `call ${call}`).toMatchObject({ code: 0, err: '' });
        expect(texts(of), `call ${call}`).toEqual(bodies.toReversed());
        if (!isKilled) expect(call).toBeGreaterThan(20);
      }
    },
  );

  it('says released to a worker that is told of any of the versions again', async () => {
    const of = await isolated(['first\n', 'second\n']);
    await release([of.id]);
    for (const { eTag, id, sizeBytes } of world.versions(of.bucket, of.key)) {
      const finding = world.finding({ ...of, eTag, versionId: id, sizeBytes });
      const affected = finding['resourcesAffected'] as { s3Object: Record<string, unknown> };
      affected.s3Object['tags'] = [{ key: releaseMark, value: 'true' }];
      await world.put(finding);
      await world.untilSettled(finding.id);
      expect(world.record(finding.id, 'released')).toBeDefined();
    }
    expect(texts(of)).toEqual(['second\n', 'first\n']);
  });

  it('puts only the flagged version back where the bucket keeps no versions any more, and says so', async () => {
    const of = await isolated(['first\n', 'second\n']);
    world.aws.s3.store.bucket(of.bucket).versioning = 'suspended';

    const run = await release([of.id]);

    expect(run.code).toBe(1);
    expect(itemsOf(run.out)).toMatchObject([
      { result: 'stays isolated: its bucket keeps no versions' },
      { result: 'released' },
    ]);
    expect(texts(of)).toEqual(['second\n']);
  });

  it('puts no version on top while an older one could not be put back, since nothing fits beneath later', async () => {
    const of = await isolated(['first\n', 'second\n']);
    const { denials } = world.aws.s3.store.bucket(of.bucket);
    denials.push({ action: 's3:PutObject' });

    const run = await release([of.id]);

    expect(run.code).toBe(1);
    expect(itemsOf(run.out)).toMatchObject([
      { result: 'refused: access-denied' },
      { result: 'waits for an older version of the object' },
    ]);
    denials.length = 0;
    expect(await release([of.id])).toMatchObject({ code: 0 });
    expect(texts(of)).toEqual(['second\n', 'first\n']);
  });

  it('keeps a finding in its batch until every version is back', async () => {
    const of = await isolated(['first\n', 'second\n']);
    const folder = mkdtempSync(join(tmpdir(), 'versions-'));
    const file = join(folder, 'ids.txt');
    writeFileSync(file, of.id);
    const bucket = world.aws.s3.store.bucket(of.bucket);
    bucket.versioning = 'suspended';

    await release([], '--from', file);
    expect(readFileSync(`${file}.done`, 'utf8')).toBe('');

    const other = await isolated(['first\n', 'second\n']);
    writeFileSync(file, other.id);
    await release([], '--from', file);
    expect(readFileSync(`${file}.done`, 'utf8')).toBe(`${other.id}\n`);
    rmSync(folder, { recursive: true });
  });

  it('puts nothing on what a person put in between', async () => {
    const of = await isolated(['first\n', 'second\n']);
    await world.upload(of.bucket, of.key, 'theirs\n');

    const run = await release([of.id]);

    expect(run.code).toBe(1);
    expect(itemsOf(run.out)).toMatchObject([
      { result: 'another object lies there' },
      { result: 'another object lies there' },
    ]);
    expect(texts(of)).toEqual(['theirs\n']);
  });
});

describe('a release after SOURCE_VERSIONS=identical', () => {
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.close());

  it('puts back a version that was copied because a CRC alone agrees', async () => {
    const kms = { ServerSideEncryption: 'aws:kms', ChecksumAlgorithm: 'CRC32' } as const;
    const of = await isolated(['same\n', 'same\n'], 1, kms);
    expect(world.copies().filter((key) => key.includes(`/${of.bucket}/`))).toHaveLength(2);

    const run = await release([of.id]);

    expect(run).toMatchObject({ code: 0, err: '' });
    expect(texts(of)).toEqual(['same\n', 'same\n']);
  });
});
