import { PutObjectTaggingCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { localAccount } from '../../src/local/account.ts';
import type { Versioning } from '../../src/local/s3/store/bucket.ts';
import { commandLine } from '../support/command-line.ts';
import { jsonLines } from '../support/json-lines.ts';
import type { Uploaded } from '../support/uploaded.ts';
import { startWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  const policy = {
    version: 1,
    rules: [
      { name: 'contained', when: { key: 'contained/*' }, action: 'fence' },
      { name: 'high', when: { minSeverity: 'High' }, action: 'isolate' },
    ],
    default: 'alert',
  };
  world = await startWorld({ env: { FENCE: 'kept', POLICY: JSON.stringify(policy) } });
});
afterAll(() => world.close());

const run = (argv: readonly string[], answers?: string) =>
  commandLine(argv, world.aws.workerEnvironment, answers === undefined ? {} : { answers });
const lift = (id: string, ...flags: readonly string[]) =>
  run(['fence', 'lift', id, '--reason', 'case 12', '--yes', ...flags]);

interface Kept extends Uploaded {
  readonly id: string;
}

/** An object that may not be deleted, and so stays and is fenced. */
async function kept(key: string, versioning: Versioning = 'never', outcome = 'retained'): Promise<Kept> {
  const bucket = world.bucket(versioning);
  for (const action of ['s3:DeleteObject', 's3:DeleteObjectVersion']) {
    world.aws.s3.store.bucket(bucket).denials.push({ action });
  }
  const object = await world.upload(bucket, key, 'name\nnobody\n', { Tagging: 'team=payroll' });
  const finding = world.finding(object);
  await world.put(finding);
  await world.untilSettled(finding.id);
  expect(world.record(finding.id, outcome)).toMatchObject({ fence: 'tagged' });
  expect(tagsOf({ bucket, key })).toEqual(['isolator-fenced', 'team']);
  return { ...object, id: finding.id };
}

const tagsOf = ({ bucket, key }: Pick<Kept, 'bucket' | 'key'>, version = 0) =>
  (world.versions(bucket, key)[version]?.tags ?? []).map(([name]) => name).toSorted();
const linesAbout = (id: string) =>
  world
    .keys('access/')
    .filter((key) => key.includes(`/${id}/`))
    .map((key) => JSON.parse(world.text(world.isolationBucket, key) ?? '') as Record<string, unknown>);

describe('macie-isolator fence lift', () => {
  it.each(['never', 'enabled'] as const)(
    'takes the fence and no other tag away, and writes who and why (versioning %s)',
    async (versioning) => {
      const object = await kept('hr/pay.csv', versioning);

      const { code, err, out } = await lift(object.id, '--who', 'Ada', '--json');

      const versionId =
        versioning === 'never' ? null : (world.versions(object.bucket, object.key)[0]?.id ?? '');
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(JSON.parse(out)).toEqual({
        items: [
          {
            finding_id: object.id,
            result: 'lifted',
            bucket: object.bucket,
            key: object.key,
            version_id: versionId,
          },
        ],
      });
      expect(tagsOf(object)).toEqual(['team']);
      expect(linesAbout(object.id)).toEqual([
        {
          what: 'lift',
          who: 'Ada',
          principal: `arn:aws:sts::${localAccount}:assumed-role/worker/local`,
          why: 'case 12',
          at: expect.stringMatching(/Z$/),
          finding_id: object.id,
          isolation_key: null,
          account_id: localAccount,
          region: 'us-east-1',
          bucket: object.bucket,
          key: object.key,
          version_id: versionId,
          etag: expect.stringMatching(/^[0-9a-f]{32}$/),
          size_bytes: 12,
        },
      ]);
    },
  );

  it('changes nothing the second time, and writes no second line', async () => {
    const object = await kept('hr/twice.csv');
    await lift(object.id);

    const again = await run(['fence', 'lift', object.id, '--reason', 'case 12']);

    expect(again.code).toBe(0);
    expect(again.out).toContain('not fenced');
    expect(linesAbout(object.id)).toHaveLength(1);
  });

  it('shows what it would do, asks, and does nothing without a yes', async () => {
    const object = await kept('hr/asked.csv');

    const dry = await lift(object.id, '--dry-run');
    const no = await run(['fence', 'lift', object.id, '--reason', 'case 12'], 'n\n');

    expect(dry).toMatchObject({ code: 0, out: expect.stringContaining('would be lifted') });
    expect(no).toMatchObject({ code: 1, err: expect.stringContaining('Lift the fence of 1 object? [y/N]') });
    expect(tagsOf(object)).toContain('isolator-fenced');
    expect(linesAbout(object.id)).toEqual([]);
  });

  it('writes no line where somebody else took the fence away since it was looked at', async () => {
    const object = await kept('hr/meanwhile.csv');
    const [version] = world.versions(object.bucket, object.key);
    let looks = 0;
    world.aws.s3.faults.inject({
      kind: 'reset',
      when({ operation }) {
        looks += operation === 'GetObjectTagging' ? 1 : 0;
        if (looks === 2 && version !== undefined) Object.assign(version, { tags: [] });
        return false;
      },
    });

    const { code, out } = await lift(object.id, '--jsonl');
    world.aws.s3.faults.clear();

    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ result: 'not fenced' });
    expect(linesAbout(object.id)).toEqual([]);
  });

  it('leaves what was put over the flagged object as it is', async () => {
    const object = await kept('hr/over.csv', 'enabled');
    await world.upload(object.bucket, object.key, 'other', { Tagging: 'isolator-fenced=other' });

    expect((await lift(object.id)).code).toBe(0);
    expect(tagsOf(object, 0)).toEqual(['isolator-fenced']);
    expect(tagsOf(object, 1)).toEqual(['team']);

    const unversioned = await kept('hr/gone.csv');
    await world.upload(unversioned.bucket, unversioned.key, 'other', { Tagging: 'isolator-fenced=other' });
    const { code, out } = await lift(unversioned.id, '--jsonl');

    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ result: 'the flagged bytes are not there', version_id: null });
    expect(tagsOf(unversioned)).toEqual(['isolator-fenced']);
  });

  it('says where S3 refuses, and goes on with the others', async () => {
    const refused = await kept('hr/refused.csv');
    const other = await kept('hr/other.csv');
    world.aws.s3.store.bucket(refused.bucket).denials.push({ action: 's3:PutObjectTagging' });

    const { code, out } = await lift(refused.id, other.id, '--jsonl');

    expect(code).toBe(1);
    expect(jsonLines(out).map(({ result }) => result)).toEqual(['refused: access-denied', 'lifted']);
    expect(tagsOf(other)).toEqual(['team']);
  });

  it.each([
    [['fence', 'lift', 'ba3c7561', '--yes'], 2, "required option '--reason <text>' not specified"],
    [['fence', 'lift', 'ba3c7561', '--reason', ' '], 2, 'It takes a text of 1 to 1,024 characters'],
    [['fence', 'lift', 'x/y', '--reason', 'r'], 2, 'x/y is no finding id'],
    [['fence', 'lift', 'ba3c7561', '--reason', 'r'], 1, 'No record of the finding ba3c7561 exists.'],
  ])('says what is wrong: %j', async (argv, code, sentence) => {
    const answer = await run(argv);

    expect(answer).toMatchObject({ code, out: '' });
    expect(answer.err).toContain(sentence);
  });
});

describe('macie-isolator release of what never left its source', () => {
  const release = (id: string, ...flags: readonly string[]) =>
    run(['release', id, '--reason', 'synthetic data', '--yes', '--no-wait', ...flags]);

  it.each([
    ['could not be removed', 'hr/kept.csv', 'retained'],
    ['was to be contained in its place', 'contained/pay.csv', 'alerted'],
  ])(
    'takes the fence from an object that %s, and workers leave it alone from then on',
    async (_, key, outcome) => {
      const object = await kept(key, 'enabled', outcome);

      const { code, err, out } = await release(object.id, '--json');

      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(JSON.parse(out).items).toMatchObject([
        { finding_id: object.id, result: 'released where it is' },
      ]);
      expect(tagsOf(object)).toEqual(['isolator-released', 'team']);
      const again = world.finding(object);
      await world.put(again);
      await world.untilSettled(again.id);
      if (outcome === 'retained') expect(world.record(again.id, 'released')).toBeDefined();
      expect(tagsOf(object)).toEqual(['isolator-released', 'team']);
      expect((await release(object.id)).code).toBe(0);
    },
  );

  it('does not take another object for it', async () => {
    const object = await kept('hr/replaced.csv');
    await world.upload(object.bucket, object.key, 'other');

    const { code, out } = await release(object.id, '--jsonl');

    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ result: 'another object lies there' });
    expect(tagsOf(object)).toEqual([]);
  });

  it('says that what had no copy is not there any more', async () => {
    const object = await kept('contained/replaced.csv', 'never', 'alerted');
    await world.s3.send(
      new PutObjectTaggingCommand({ Bucket: object.bucket, Key: object.key, Tagging: { TagSet: [] } }),
    );
    await world.upload(object.bucket, object.key, 'other');

    const { code, out } = await release(object.id, '--jsonl');

    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ result: 'not there any more' });
  });
});
