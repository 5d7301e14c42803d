import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { localAccount, localRegion } from '../../src/local/account.ts';
import { type LocalAws, startLocalAws } from '../../src/local/local-aws.ts';
import type { Versioning } from '../../src/local/s3/store/bucket.ts';
import { bytesContent, toBuffer } from '../../src/local/s3/store/content.ts';
import { commandLine } from '../support/command-line.ts';
import { jsonLines } from '../support/json-lines.ts';
import { place } from '../support/placed.ts';

const canary = '.isolator-fence/canary';
const probe = `arn:aws:iam::${localAccount}:role/macie-isolator-fence-probe`;
let aws: LocalAws;
let count = 0;
beforeAll(async () => {
  process.env['AWS_ACCESS_KEY_ID'] = 'local';
  process.env['AWS_SECRET_ACCESS_KEY'] = 'local';
  aws = await startLocalAws();
  aws.sts.allow({ accountId: localAccount, name: 'macie-isolator-fence-probe' });
});
afterAll(() => aws.close());

const run = (argv: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  commandLine(['fence', ...argv], { ...aws.workerEnvironment, ...env });
const bucket = (versioning: Versioning = 'never') => {
  count += 1;
  return aws.s3.store.createBucket(`lake-${count}`, { versioning }).name;
};
/** A bucket whose policy has the denial, as `alter` leaves it. */
async function fenced(alter: (policy: string) => string = (policy) => policy, versioning?: Versioning) {
  const name = bucket(versioning);
  expect((await run(['policy', name, '--apply', '--yes'])).code).toBe(0);
  const made = aws.s3.store.bucket(name);
  made.policy = alter(made.policy ?? '');
  return name;
}
const proofOf = (name: string) => {
  const [version] = aws.s3.store.bucket('isolation').objects.get(`control/fences/${name}.json`) ?? [];
  return version && JSON.parse(toBuffer(version.content).toString('utf8'));
};
const without = (action: string) => (policy: string) => policy.replace(`"${action}",`, '');

describe('macie-isolator fence check', () => {
  it.each(['never', 'enabled', 'suspended'] as const)(
    'proves a fence, and proves it again after that (versioning %s)',
    async (versioning) => {
      const name = await fenced(undefined, versioning);

      const first = await run(['check', name]);
      const second = await run(['check', name, '--json']);

      expect(first).toMatchObject({ code: 0, err: '' });
      expect(first.out).toMatch(/proved/);
      expect(second).toMatchObject({ code: 0, err: '' });
      const [item] = JSON.parse(second.out).items;
      expect(item).toEqual({
        bucket: name,
        account_id: localAccount,
        result: 'proved',
        failed_step: null,
        why: null,
        proved_until: expect.stringMatching(/Z$/),
        steps: { put: 'allowed', read: 'allowed', tag: 'allowed', 'read-tagged': 'denied', untag: 'denied' },
      });
      const proof = proofOf(name);
      expect(proof).toMatchObject({
        version: 1,
        account_id: localAccount,
        bucket: name,
        probe,
        proved: true,
        failed_step: null,
      });
      expect(Date.parse(item.proved_until) - Date.parse(proof.checked_at)).toBe(48 * 3_600_000);
      expect([...aws.s3.store.bucket(name).objects.keys()]).toEqual([canary]);
      expect(aws.s3.store.bucket(name).objects.get(canary)?.[0]?.tags).toEqual([
        ['isolator-fenced', 'canary'],
      ]);
    },
  );

  const spares = (policy: string) =>
    policy.replace('"aws:PrincipalArn":[', `"aws:PrincipalArn":["${probe}",`);

  it.each<[string, Versioning, (policy: string) => string, string, string]>([
    ['nothing denies reading', 'never', without('s3:GetObject'), 'read-tagged', 'allowed'],
    ['nothing denies reading a version', 'enabled', without('s3:GetObjectVersion'), 'read-tagged', 'allowed'],
    ['the tag can be deleted', 'never', without('s3:DeleteObjectTagging'), 'untag', 'allowed'],
    [
      'the tag of a version can be deleted',
      'enabled',
      without('s3:DeleteObjectVersionTagging'),
      'untag',
      'allowed',
    ],
    ['the tags can be replaced', 'never', without('s3:PutObjectTagging'), 'untag', 'allowed'],
    [
      'the tags of a version can be replaced',
      'enabled',
      without('s3:PutObjectVersionTagging'),
      'untag',
      'allowed',
    ],
    ['the policy spares the probe', 'never', spares, 'read-tagged', 'allowed'],
  ])('ends with 3 and the step that failed where %s', async (_, versioning, alter, step, got) => {
    const name = await fenced(alter, versioning);

    const { code, out } = await run(['check', name, '--jsonl']);

    expect(code).toBe(3);
    expect(JSON.parse(out)).toMatchObject({
      result: 'not proved',
      failed_step: step,
      proved_until: null,
      why: expect.stringContaining(`S3 answered ${got}`),
    });
    expect(proofOf(name)).toMatchObject({ proved: false, failed_step: step });
  });

  it('takes no step after the one that failed', async () => {
    const name = bucket();
    aws.s3.store.bucket(name).denials.push({ action: 's3:PutObject' });

    const { code, out } = await run(['check', name, '--json']);

    expect(code).toBe(3);
    expect(JSON.parse(out).items[0].steps).toEqual({
      put: 'denied',
      read: 'not-taken',
      tag: 'not-taken',
      'read-tagged': 'not-taken',
      untag: 'not-taken',
    });
    expect(aws.s3.store.bucket(name).objects.size).toBe(0);
  });

  it('takes back what an earlier check proved, once the fence holds no more', async () => {
    const name = await fenced();
    await run(['check', name]);
    aws.s3.store.bucket(name).policy = undefined;

    expect((await run(['check', name])).code).toBe(3);
    expect(proofOf(name)).toMatchObject({ proved: false });
  });

  it('leaves what was proved as it is where S3 gave no answer', async () => {
    const name = await fenced();
    await run(['check', name]);
    const before = proofOf(name);
    aws.s3.faults.inject({ kind: 'slow-down', when: (request) => request.bucket === name });
    try {
      expect((await run(['check', name])).code).toBe(1);
    } finally {
      aws.s3.faults.clear();
    }
    expect(proofOf(name)).toEqual(before);
  });

  it('reads a fenced object as the investigator, and not as an administrator', async () => {
    const name = await fenced();
    place(aws.s3.store, { bucket: name, key: 'hr/pay.csv' }, bytesContent(Buffer.from('x')), {
      tags: [['isolator-fenced', 'f1']],
    });
    const investigator = `macie-isolator-investigator-${localRegion}`;
    aws.sts.allow({ accountId: localAccount, name: investigator });
    const read = (accessKeyId: string) =>
      new S3Client({
        region: localRegion,
        endpoint: aws.s3.endpoint,
        forcePathStyle: true,
        credentials: { accessKeyId, secretAccessKey: 'local' },
      }).send(new GetObjectCommand({ Bucket: name, Key: 'hr/pay.csv' }));

    await expect(read(aws.sts.accessKeyOf(localAccount))).rejects.toMatchObject({ name: 'AccessDenied' });
    expect((await read(aws.sts.accessKeyOf(localAccount, investigator))).ContentLength).toBe(1);
  });

  it('checks the buckets of FENCED_BUCKETS, in whatever account, and ends with 3 if one does not hold', async () => {
    const owner = '222233334444';
    aws.sts.allow({ accountId: owner, name: 'macie-isolator-fence-probe' });
    const theirs = aws.s3.store.createBucket('lake-of-a-member', { owner, shared: true }).name;
    await run(['policy', `${owner}/${theirs}`, '--apply', '--yes']);
    const open = bucket();
    const FENCED_BUCKETS = `${owner}/${theirs},there-is-none,${open}`;

    const all = await run(['check', '--all', '--jsonl'], { FENCED_BUCKETS });
    const two = await run(['check', `${owner}/${theirs}`, 'there-is-none', '--jsonl']);

    expect(all.code).toBe(3);
    expect(jsonLines(all.out)).toMatchObject([
      { bucket: theirs, account_id: owner, result: 'proved' },
      {
        bucket: 'there-is-none',
        result: 'not checked',
        why: 'There is no bucket there-is-none.',
        steps: null,
      },
      { bucket: open, result: 'not proved' },
    ]);
    expect(two.code).toBe(1);
    expect(proofOf('there-is-none')).toBeUndefined();
  });

  it('says that the probe role is missing, and proves nothing', async () => {
    const name = await fenced();

    const { code, err, out } = await run(['check', name, '--prefix', 'other']);

    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain(`The role arn:aws:iam::${localAccount}:role/other-fence-probe cannot be assumed.`);
    expect(proofOf(name)).toBeUndefined();
  });

  it.each([
    [['check'], {}, 2, 'Name buckets, or give --all.'],
    [['check', 'lake-1', '--all'], {}, 2, 'Name buckets, or give --all.'],
    [['check', 'a/b'], {}, 2, 'a/b names no bucket'],
    [['check', 'isolation'], {}, 2, 'is the isolation bucket'],
    [['check', '--all'], {}, 78, 'FENCED_BUCKETS'],
    [['check', '--all'], { FENCED_BUCKETS: 'lake-1,,x' }, 78, 'FENCED_BUCKETS'],
    [['check', 'there-is-none'], {}, 1, 'There is no bucket there-is-none.'],
  ])('says what is wrong: %j %j', async (argv, env, code, sentence) => {
    const answer = await run(argv, env);

    expect(answer).toMatchObject({ code, out: '' });
    expect(answer.err).toContain(sentence);
  });
});

describe('macie-isolator doctor', () => {
  it('shows buckets with findings and without a proved fence', async () => {
    const proved = await fenced();
    await run(['check', proved]);
    const open = bucket();
    for (const [index, name] of [open, proved, 'isolation'].entries()) {
      aws.macie.findings.add({
        id: `${index}`.repeat(32),
        accountId: localAccount,
        region: localRegion,
        category: 'CLASSIFICATION',
        archived: false,
        sample: false,
        resourcesAffected: { s3Bucket: { name } },
      });
    }

    const { out } = await commandLine(
      ['doctor', '--json', '--fields', 'check,state,why'],
      aws.workerEnvironment,
    );

    const { items } = JSON.parse(out) as { items: readonly Record<string, string>[] };
    expect(items.find(({ check }) => check === 'fences')).toEqual({
      check: 'fences',
      state: 'look',
      why: `Buckets with findings and without a proved fence: ${open} (not checked).`,
    });
  });
});
