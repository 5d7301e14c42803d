import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { localAccount, localRegion } from '../../src/local/account.ts';
import { type LocalAws, startLocalAws } from '../../src/local/local-aws.ts';
import { commandLine } from '../support/command-line.ts';
import { jsonLines } from '../support/json-lines.ts';

let aws: LocalAws;
let count = 0;
beforeAll(async () => {
  process.env['AWS_ACCESS_KEY_ID'] = 'local';
  process.env['AWS_SECRET_ACCESS_KEY'] = 'local';
  aws = await startLocalAws();
});
afterAll(() => aws.close());

const bucket = (policy?: unknown) => {
  count += 1;
  const made = aws.s3.store.createBucket(`lake-${count}`);
  if (policy !== undefined) made.policy = JSON.stringify(policy);
  return made.name;
};
const policyOf = (name: string) => JSON.parse(aws.s3.store.bucket(name).policy ?? 'null');
const fencePolicy = (argv: readonly string[], answers?: string) =>
  commandLine(['fence', 'policy', ...argv], aws.workerEnvironment, answers === undefined ? {} : { answers });
const role = (name: string) => `arn:aws:iam::${localAccount}:role/macie-isolator-${name}-${localRegion}`;
const foreign = {
  Sid: 'TlsOnly',
  Effect: 'Deny',
  Principal: '*',
  Action: 's3:*',
  Resource: '*',
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
};

describe('macie-isolator fence policy', () => {
  it('prints the denial as a difference, names what it does not cover, and changes nothing', async () => {
    const name = bucket({ Version: '2012-10-17', Statement: [foreign] });

    const { code, err, out } = await fencePolicy([name]);

    expect(code).toBe(0);
    expect(out).toContain('+      "Sid": "IsolatorFence",');
    expect(out).toContain('+          "s3:ExistingObjectTag/isolator-fenced": "false"');
    expect(out).not.toContain('-      "Sid": "TlsOnly"');
    expect(err).toContain('No fence covers overwriting (s3:PutObject), deleting (s3:DeleteObject');
    for (const what of ['s3:RestoreObject', 's3:GetObjectTorrent', 's3:GetObjectVersionForReplication']) {
      expect(err).toContain(what);
    }
    expect(err).toMatch(/Nothing was changed\. --apply puts it into the policy of the bucket\.\n$/);
    expect(policyOf(name).Statement).toEqual([foreign]);
  });

  it('puts it beside the statements of others on request, and finds it there the second time', async () => {
    const name = bucket({ Version: '2012-10-17', Id: 'theirs', Statement: foreign });

    const applied = await fencePolicy([name, '--apply', '--yes', '--json']);
    const put = policyOf(name);
    const again = await fencePolicy([name, '--apply']);

    const [item] = JSON.parse(applied.out).items;
    expect(applied.code).toBe(0);
    expect(item).toMatchObject({ bucket: name, account_id: localAccount, change: 'added', applied: true });
    expect(item.policy).toEqual(put);
    expect(put).toMatchObject({
      Id: 'theirs',
      Statement: [
        foreign,
        {
          Sid: 'IsolatorFence',
          Effect: 'Deny',
          Principal: '*',
          Resource: `arn:aws:s3:::${name}/*`,
          Condition: {
            Null: { 's3:ExistingObjectTag/isolator-fenced': 'false' },
            ArnNotEquals: { 'aws:PrincipalArn': [role('worker'), role('operator'), role('investigator')] },
          },
        },
      ],
    });
    expect(again).toEqual({
      code: 0,
      out: '',
      err: `The policy of ${name} has this denial already. Prove it with fence check.\n`,
    });
    expect(policyOf(name)).toEqual(put);
  });

  it('replaces its own statement where other roles are spared now', async () => {
    const name = bucket();
    await fencePolicy([name, '--apply', '--yes']);
    const desk = `arn:aws:iam::${localAccount}:role/security/release-desk`;

    const { out } = await fencePolicy([name, '--apply', '--yes', '--jsonl', '--spare', desk]);

    expect(JSON.parse(out)).toMatchObject({ change: 'replaced', applied: true });
    expect(policyOf(name).Statement).toHaveLength(1);
    expect(policyOf(name).Statement[0].Condition.ArnNotEquals['aws:PrincipalArn']).toContain(desk);
  });

  it('spares the member role of the account that owns the bucket', async () => {
    const owner = '222233334444';
    const name = aws.s3.store.createBucket('lake-of-a-member', { owner, shared: true }).name;

    const { code } = await fencePolicy([
      `${owner}/${name}`,
      '--apply',
      '--yes',
      '--prefix',
      'isolator',
      '--role-path',
      '/security/',
    ]);

    expect(code).toBe(0);
    expect(policyOf(name).Statement[0].Condition.ArnNotEquals['aws:PrincipalArn']).toEqual([
      `arn:aws:iam::${localAccount}:role/security/isolator-worker-${localRegion}`,
      `arn:aws:iam::${owner}:role/security/isolator-member`,
      `arn:aws:iam::${localAccount}:role/security/isolator-operator-${localRegion}`,
      `arn:aws:iam::${localAccount}:role/security/isolator-investigator-${localRegion}`,
    ]);
  });

  it('asks before it writes, and writes nothing without a yes', async () => {
    const name = bucket();

    const refused = await fencePolicy([name, '--apply'], 'n\n');
    const unattended = await fencePolicy([name, '--apply']);
    const agreed = await fencePolicy([name, '--apply'], 'y\n');

    expect(refused.code).toBe(1);
    expect(refused.err).toContain(`Put the denial into the policy of ${name}? [y/N]`);
    expect(unattended.code).toBe(2);
    expect(unattended.err).toContain('give --yes to go on, or leave out --apply to look.');
    expect(agreed.code).toBe(0);
    expect(policyOf(name).Statement).toHaveLength(1);
  });

  it('does not write over a policy that somebody else changed meanwhile', async () => {
    const name = bucket();
    let reads = 0;
    aws.s3.faults.inject({
      kind: {
        alter: (answer) => {
          reads += 1;
          if (reads === 1) aws.s3.store.bucket(name).policy = '{"Version":"2012-10-17","Statement":[]}';
          return answer;
        },
      },
      when: ({ bucket: asked, operation }) => asked === name && operation === 'GetBucketPolicy',
    });
    aws.s3.store.bucket(name).policy = JSON.stringify({ Version: '2012-10-17', Statement: [foreign] });

    const { code, err } = await fencePolicy([name, '--apply', '--yes']);

    expect(code).toBe(1);
    expect(err).toContain(`Somebody else changed the policy of ${name} at the same moment.`);
    expect(policyOf(name).Statement).toEqual([]);
  });

  it('refuses a policy that S3 would not take', async () => {
    const long = {
      ...foreign,
      Resource: Array.from({ length: 300 }, (_, n) => `arn:aws:s3:::${'x'.repeat(60)}/${n}`),
    };
    const name = bucket({ Version: '2012-10-17', Statement: [long] });

    const { code, err } = await fencePolicy([name]);

    expect(code).toBe(1);
    expect(err).toMatch(/would have \d+ bytes, and S3 takes 20480\. Shorten the policy/);
  });

  it('prints the policy of an organization in one line with --jsonl', async () => {
    const { out } = await fencePolicy(['--organization', 'o-a1b2c3d4e5', '--jsonl']);

    expect(jsonLines(out)).toEqual([expect.objectContaining({ Version: '2012-10-17' })]);
  });

  it('prints a resource control policy for an organization, where it is attached and whom it spares', async () => {
    const { code, err, out } = await fencePolicy(['--organization', 'o-a1b2c3d4e5']);

    const { Statement } = JSON.parse(out);
    expect(code).toBe(0);
    expect(out.length).toBeLessThan(5_120);
    expect(Statement.map(({ Sid }: { Sid: string }) => Sid)).toEqual([
      'IsolatorFence',
      'IsolatorFenceOutsideTheOrganization',
    ]);
    expect(Statement[0].Condition.ArnNotLike['aws:PrincipalArn']).toContain(
      'arn:aws:iam::*:role/macie-isolator-member',
    );
    expect(err).toContain('Attach it to the root of o-a1b2c3d4e5');
    expect(err).toContain(role('investigator'));
    expect(err).toContain('It does not hold in the management account, and not for service-linked roles.');
  });

  it.each([
    [['no_such/bucket'], 2, 'names no bucket'],
    [['ab'], 2, 'names no bucket'],
    [[], 2, 'Name one bucket, or an organization'],
    [['lake-1', '--organization', 'o-a1b2c3d4e5'], 2, 'Name one bucket, or an organization'],
    [['--organization', 'mine'], 2, 'takes the id of an organization'],
    [['--organization', 'o-a1b2c3d4e5', '--apply'], 2, 'attached by its administrator'],
    [['--organization', 'o-a1b2c3d4e5', '--fields', 'policy'], 2, '--fields is for a bucket'],
    [['lake-1', '--spare', 'arn:aws:iam::*:role/x'], 2, 'the whole ARN of a role'],
    [['lake-1', '--prefix', 'X'], 2, '--prefix takes'],
    [['lake-1', '--role-path', 'security'], 2, '--role-path takes'],
    [['isolation'], 2, 'is the isolation bucket'],
    [['there-is-none'], 1, 'There is no bucket there-is-none.'],
    [['222233334444/lake-1'], 1, 'AWS denies s3:GetBucketPolicy at lake-1.'],
  ])('says in one sentence what is wrong: %j', async (argv, code, sentence) => {
    const run = await fencePolicy(argv);

    expect(run.code).toBe(code);
    expect(run.err).toContain(sentence);
    expect(run.err.trimEnd().split('\n')).toHaveLength(1);
    expect(run.out).toBe('');
  });

  it('names the permission that is missing', async () => {
    const name = bucket();
    aws.s3.store.bucket(name).denials.push({ action: 's3:PutBucketPolicy' });

    const { code, err } = await fencePolicy([name, '--apply', '--yes']);

    expect(code).toBe(1);
    expect(err).toContain(`AWS denies s3:PutBucketPolicy at ${name}.`);
  });
});
