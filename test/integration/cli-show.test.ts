import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Versioning } from '../../src/local/s3/store/bucket.ts';
import { commandLine } from '../support/command-line.ts';
import { seededId, seedRecord } from '../support/seeded-records.ts';
import { startWorld, type World } from '../support/world.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

const show = (what: string, flags: readonly string[] = [], more: { readonly columns?: number } = {}) =>
  commandLine(['show', what, ...flags], { ...world.aws.workerEnvironment }, more);

interface Shown {
  readonly [section: string]: unknown;
  readonly copy: { readonly isolation_key: string };
}

async function shown(what: string, flags: readonly string[] = []): Promise<readonly Shown[]> {
  const run = await show(what, [...flags, '--json']);
  expect(run).toMatchObject({ code: 0, err: '' });
  return (JSON.parse(run.out) as { readonly items: readonly Shown[] }).items;
}

async function handled(key: string, versioning: Versioning = 'never', severity = 'High') {
  const bucket = world.bucket(versioning);
  const object = await world.upload(bucket, key, 'name\nnobody\n');
  const finding = world.finding(object, { severity: { description: severity } });
  await world.put(finding);
  await world.untilSettled(finding.id);
  return { id: finding.id, bucket, key, object };
}

describe('macie-isolator show', () => {
  it('tells the story of a finding in order: finding, decision, records, copy, source, releases, alerts', async () => {
    const { bucket, id } = await handled('in/a.csv');

    const [story] = await shown(id);
    expect(story).toMatchObject({
      finding: { finding_id: id, severity: 'High', bucket, key: 'in/a.csv', size_bytes: 12 },
      decision: { action: 'isolate', rule: 'high-severity', origin: 'eventbridge' },
      records: [{ outcome: 'isolated', receive_count: 1 }],
      copy: { state: 'verified', copied_for_finding_id: id, size_bytes: 12 },
      source: { state: 'absent', versions: [] },
      releases: [],
      alerts: [{ about: 'isolated', result: 'sent' }],
      differences: [],
    });
    expect(Object.keys(story ?? {}).join(' ')).toBe(
      'finding decision records copy source releases alerts differences',
    );

    const text = await show(id.slice(0, 12), [], { columns: 100 });
    const titles = text.out.split('\n').filter((line) => /^[A-Z]+$/.test(line));
    expect(titles).toEqual(Object.keys(story ?? {}).map((name) => name.toUpperCase()));
    expect(Math.max(...text.out.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(100);
    expect(text.out).toContain(`  finding id  ${id}\n`);
  });

  it('shows a section as golden text, in 60 columns and with a key that would steer the terminal', async () => {
    const { bucket, id } = await handled('in/\u001b[31mred.csv', 'never', 'Low');

    const { out } = await show(id, ['--fields', 'source,releases,differences'], { columns: 60 });
    expect(out).toBe(
      [
        'SOURCE',
        '  state     present',
        '  versions  version id null, is latest, is flagged, etag 2ee',
        '            a5c4be23ac9b2718ab011d957bde6, size bytes 12',
        '',
        'RELEASES',
        '  none',
        '',
        'DIFFERENCES',
        '  none',
        '',
      ].join('\n'),
    );
    const finding = await show(id, ['--fields', 'finding'], { columns: 60 });
    expect(finding.out).toContain(String.raw`in/\u001b[31mred.csv`);
    expect(finding.out).toContain(bucket);
  });

  it('names a release and what was lost, and says when the released object is gone', async () => {
    const { bucket, id } = await handled('in/back.csv');
    const env = { ...world.aws.workerEnvironment };
    const argv = ['release', id, '--reason', 'synthetic', '--who', 'Ada', '--yes', '--no-wait'];
    expect(await commandLine(argv, env)).toMatchObject({ code: 0 });

    expect(await shown(id)).toMatchObject([
      {
        releases: [{ who: 'Ada', why: 'synthetic', lost: [] }],
        source: { state: 'present' },
        differences: [],
      },
    ]);

    await world.s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'in/back.csv' }));
    expect(await shown(id)).toMatchObject([
      { differences: ['The object was released, and no object lies at its place now.'] },
    ]);
  });

  it('says where flagged bytes can be read although a record says that they are gone', async () => {
    const { bucket, id, key } = await handled('in/again.csv', 'enabled');
    expect(await shown(id)).toMatchObject([{ source: { state: 'absent' }, differences: [] }]);

    await world.upload(bucket, key, 'name\nnobody\n');
    const [story] = await shown(id);
    expect(story).toMatchObject({ source: { state: 'present', versions: [{ is_flagged: true }] } });
    expect(story?.['differences']).toEqual([expect.stringContaining('It can be read.')]);
  });

  it('says that a copy is missing, and that an alert failed', async () => {
    const id = seededId(1);
    seedRecord(world, {
      finding: { id },
      outcome: { name: 'isolated' },
      intendedIsolationKey: 'objects/x',
      alert: 'failed',
    });

    const [story] = await shown(id);
    expect(story?.['copy']).toEqual({ state: 'absent' });
    expect(story?.['differences']).toEqual([
      'A record names a copy, and there is none.',
      expect.stringContaining('An alert failed'),
    ]);
  });

  it('finds the story by the address of the object, of its copy and of its record', async () => {
    const { bucket, id } = await handled('in/by address?.csv');
    const [story] = await shown(`s3://${bucket}/in/by address?.csv`);
    expect(story).toMatchObject({ finding: { finding_id: id } });

    const [record = ''] = world.recordKeys().filter((key) => key.includes(id));
    for (const key of [story?.copy.isolation_key, record]) {
      expect(await shown(`s3://${world.isolationBucket}/${key}`)).toEqual([story]);
    }
  });

  it('finds an object without a copy in the records of some days', async () => {
    const id = seededId(2);
    const { bucket } = await handled('in/low.csv', 'never', 'Low');
    seedRecord(world, { finding: { id, createdAt: new Date(Date.now() - 20 * 86_400_000) } });

    expect(await shown(`s3://${bucket}/in/low.csv`, ['--since', '2000-01-01'])).toMatchObject([
      { finding: { bucket }, copy: { state: 'absent' }, records: [{ outcome: 'alerted' }] },
    ]);
  });

  it('says what could not be looked at, and goes on', async () => {
    const { bucket, id } = await handled('in/denied.csv');
    for (const [name, action] of [
      [bucket, 's3:ListBucketVersions'],
      [world.isolationBucket, 's3:HeadObject'],
    ]) {
      world.aws.s3.store.bucket(name ?? '').denials.push({ action: action ?? '' });
    }
    try {
      expect(await shown(id)).toMatchObject([
        { source: { state: 'unknown', why: 'access-denied' }, differences: [] },
      ]);
    } finally {
      world.aws.s3.store.bucket(world.isolationBucket).denials.pop();
    }
  });

  it.each([
    ['an id without a record', ['0'.repeat(32)], 1, 'No record of the finding'],
    ['an object that nothing names', ['s3://nowhere/x.csv'], 1, 'There is no copy of s3://nowhere/x.csv'],
    ['what is no evidence', ['s3://isolation/x'], 1, 'There is no record, and no copy'],
    ['a time for an id', ['0'.repeat(32), '--since', '1d'], 2, '--since is for the address'],
    ['a time for a copy', ['s3://isolation/x', '--since', '1d'], 2, '--since is for the address'],
    ['what is no id', ['a.b'], 2, 'is no finding id'],
    ['an address that is none', ['s3://lake'], 2, 'names no object'],
    ['another scheme', ['https://lake/x'], 2, 'names no object'],
    ['an unknown section', ['0'.repeat(32), '--fields', 'kopy'], 2, 'There is no field kopy'],
  ])('ends with a sentence at %s', async (_, argv, code, sentence) => {
    const run = await commandLine(['show', ...argv], { ...world.aws.workerEnvironment });

    expect(run.code).toBe(code);
    expect(run.err).toContain(sentence);
  });

  it('asks for a longer id where several findings begin so', async () => {
    const one = `abcdef${'1'.repeat(26)}`;
    const other = `abcdef${'2'.repeat(26)}`;
    seedRecord(world, { finding: { id: one, createdAt: new Date('2026-11-02T00:00:00Z') } });
    seedRecord(world, { finding: { id: other, createdAt: new Date('2026-11-01T00:00:00Z') } });

    const run = await show('abcdef');

    expect(run.code).toBe(2);
    expect(run.err).toContain('abcdef fits 2 findings');
    expect(run.err).toContain(one);
    expect(run.err).toContain(other);
  });
});
