import { describe, expect, it } from 'vitest';
import {
  bucketDenial,
  deniedActions,
  organizationDenial,
  uncoveredActions,
} from '../../src/core/fence/denial.ts';
import { type Installation, sparedRoles } from '../../src/core/fence/spared-roles.ts';
import { canaryKey } from '../../src/core/operate/fence/check-fence.ts';
import { createAuthorizer, type Policy, type Principal, type Request } from '../support/authorize.ts';
import { deployed, memberAccount, organization, region, workerAccount } from '../support/deployed.ts';

const installation: Installation = {
  partition: 'aws',
  accountId: workerAccount,
  region,
  prefix: 'macie-isolator',
  rolePath: '/',
};
const own = 'arn:aws:s3:::lake-raw';
const theirs = 'arn:aws:s3:::member-data';
const fence = (arn: string, account: string): [string, Policy] => [
  arn,
  { Statement: [{ ...bucketDenial(arn, sparedRoles(installation, account)) }] },
];
const templates = deployed();
const authorizer = createAuthorizer(templates, undefined, [
  fence(own, workerAccount),
  fence(theirs, memberAccount),
]);
const { admin, fenceCheck, fenceProbe, memberFenceProbe, operator } = authorizer;
const administrator = admin(workerAccount, 'administrator');
const memberAdministrator = admin(memberAccount, 'administrator');

const tagged = { 's3:ExistingObjectTag/isolator-fenced': 'ba3c75616234b8a67797b8000371aaba' };
const asked = (
  action: string,
  key = 'hr/pay.csv',
  { bucket = own, context = {} }: { bucket?: string; context?: Request['context'] } = {},
): Request => ({
  action,
  resource: `${bucket}/${key}`,
  owner: bucket === own ? workerAccount : memberAccount,
  context,
});
const verdict = (who: Principal, request: Request) => authorizer.verdict(who, request);

describe('the denial of a fence', () => {
  it.each(deniedActions)(
    'denies %s to an administrator where the object has the tag, and only there',
    async (action) => {
      expect(await verdict(administrator, asked(action, undefined, { context: tagged }))).toBe(
        'ExplicitlyDenied',
      );
      expect(await verdict(administrator, asked(action))).toBe('Allowed');
      expect(
        await verdict(
          administrator,
          asked(action, undefined, { context: { 's3:ExistingObjectTag/pii': 'x' } }),
        ),
      ).toBe('Allowed');
    },
  );

  it.each(uncoveredActions.flatMap(([, actions]) => actions.split(', ')))(
    'does not cover %s, for which S3 knows no such condition',
    async (action) => {
      await expect(verdict(administrator, asked(action, undefined, { context: tagged }))).rejects.toThrow(
        /knows no s3:ExistingObjectTag/i,
      );
    },
  );

  it.each(['worker', 'operator', 'investigator'])('spares the %s', async (name) => {
    const role = admin(workerAccount, `macie-isolator-${name}-${region}`);

    expect(await verdict(role, asked('s3:GetObject', undefined, { context: tagged }))).toBe('Allowed');
    expect(await verdict(role, asked('s3:DeleteObjectTagging', undefined, { context: tagged }))).toBe(
      'Allowed',
    );
  });

  it.each([
    [
      'a role whose path looks like a name',
      admin(workerAccount, `macie-isolator-worker-${region}/administrator`),
    ],
    ['a role whose name is under a path', admin(workerAccount, `x/macie-isolator-investigator-${region}`)],
    ['a member role where no member is', admin(workerAccount, 'macie-isolator-member')],
    ['the probe', fenceProbe],
  ])('does not spare %s', async (_, who) => {
    expect(await verdict(who, asked('s3:GetObject', canaryKey, { context: tagged }))).toBe(
      'ExplicitlyDenied',
    );
  });

  it('spares the member role of the account that owns the bucket, and of no other', async () => {
    const read = asked('s3:GetObject', undefined, { bucket: theirs, context: tagged });

    expect(await verdict(admin(memberAccount, 'macie-isolator-member'), read)).toBe('Allowed');
    expect(await verdict(memberAdministrator, read)).toBe('ExplicitlyDenied');
  });

  it('holds for a service that asks by itself', async () => {
    const read = asked('s3:GetObject', undefined, { context: tagged });

    expect(await authorizer.serviceVerdict('cloudfront.amazonaws.com', read)).toBe('ExplicitlyDenied');
  });
});

describe('the denial of a whole organization', () => {
  const Statement = organizationDenial(organization, sparedRoles(installation, '*')).Statement.map(
    (each) => ({
      ...each,
    }),
  );
  const everywhere = createAuthorizer(templates, undefined, [[own, { Statement }]]);
  const read = asked('s3:GetObject', undefined, { context: tagged });

  it('spares the member role in each account, and nobody of another organization', async () => {
    const member = admin(memberAccount, 'macie-isolator-member');
    const { organization: _, ...stranger } = member;
    const allowed = {
      Effect: 'Allow' as const,
      Principal: '*',
      Action: 's3:GetObject',
      Resource: `${own}/*`,
    };
    const shared = createAuthorizer(templates, undefined, [[own, { Statement: [...Statement, allowed] }]]);

    expect(await shared.verdict(member, read)).toBe('Allowed');
    expect(await shared.verdict({ ...stranger, organization: 'o-zzzzzzzzzz' }, read)).toBe(
      'ExplicitlyDenied',
    );
    expect(await shared.verdict(stranger, read)).toBe('ExplicitlyDenied');
  });

  it('denies reading to an administrator', async () => {
    expect(await everywhere.verdict(administrator, read)).toBe('ExplicitlyDenied');
    expect(await everywhere.verdict(administrator, asked('s3:GetObject'))).toBe('Allowed');
  });
});

const takes = [
  's3:PutObject',
  's3:GetObject',
  's3:GetObjectVersion',
  's3:PutObjectTagging',
  's3:PutObjectVersionTagging',
  's3:DeleteObjectTagging',
  's3:DeleteObjectVersionTagging',
];

describe.each([
  ['of the own account', fenceProbe, own],
  ['of a member account', memberFenceProbe, theirs],
])('the probe role %s', (_, probe, bucket) => {
  it.each(takes)('may do what a check needs: %s', async (action) => {
    expect(await verdict(probe, asked(action, canaryKey, { bucket }))).toBe('Allowed');
  });

  it.each(['s3:GetObject', 's3:GetObjectVersion', 's3:DeleteObjectTagging', 's3:PutObjectVersionTagging'])(
    'may not do it to the tagged canary: %s',
    async (action) => {
      expect(await verdict(probe, asked(action, canaryKey, { bucket, context: tagged }))).toBe(
        'ExplicitlyDenied',
      );
    },
  );

  it.each(takes)('may do it to no other key: %s', async (action) => {
    for (const key of [
      'hr/pay.csv',
      `${canaryKey}2`,
      `x/${canaryKey}`,
      `/${canaryKey}`,
      '.isolator-fence/',
    ]) {
      expect(await verdict(probe, asked(action, key, { bucket })), key).not.toBe('Allowed');
    }
  });

  it.each(['s3:DeleteObject', 's3:DeleteObjectVersion', 's3:PutObjectAcl', 's3:RestoreObject'])(
    'may do nothing else to the canary: %s',
    async (action) => {
      expect(await verdict(probe, asked(action, canaryKey, { bucket }))).toBe('ImplicitlyDenied');
    },
  );

  it('may not touch the bucket of another account, whatever its name', async () => {
    const request = { ...asked('s3:GetObject', canaryKey, { bucket }), owner: '333333333333' };

    expect(await verdict(probe, request)).not.toBe('Allowed');
  });
});

describe('assuming the probe role', () => {
  const probeOf = (account: string): Request => ({
    action: 'sts:AssumeRole',
    resource: `arn:aws:iam::${account}:role/macie-isolator-fence-probe`,
    owner: account,
  });

  it.each([
    ['the operator role', operator],
    ['the daily check', fenceCheck],
  ])('is allowed to %s, in each account', async (_, who) => {
    expect(await verdict(who, probeOf(workerAccount))).toBe('Allowed');
    expect(await verdict(who, probeOf(memberAccount))).toBe('Allowed');
  });

  it.each([
    ['the worker', admin(workerAccount, `macie-isolator-worker-${region}`)],
    ['an administrator', administrator],
    ['an administrator of the member account', memberAdministrator],
  ])('is refused to %s', async (_, who) => {
    expect(await verdict(who, probeOf(memberAccount))).not.toBe('Allowed');
  });
});

describe.each([
  ['the worker', authorizer.worker, own],
  ['the member role', authorizer.member, theirs],
])('tags of source objects, by %s', (_, role, bucket) => {
  const actions = ['s3:PutObjectTagging', 's3:PutObjectVersionTagging'];
  const puts = { 's3:RequestObjectTag/isolator-fenced': 'x', 's3:RequestObjectTag/team': 'hr' };
  /** Whatever its other policies allow. */
  const mighty = { ...role, policies: [...role.policies, ...administrator.policies] };

  it.each(actions)(
    'are replaced where the tag of the fence is put, whatever others are there: %s',
    async (action) => {
      expect(await verdict(role, asked(action, undefined, { bucket, context: puts }))).toBe('Allowed');
    },
  );

  it.each(actions)(
    'are replaced where the tag of the fence was, so that it can be taken away: %s',
    async (action) => {
      const context = { ...tagged, 's3:RequestObjectTag/team': 'hr' };

      expect(await verdict(role, asked(action, undefined, { bucket, context }))).toBe('Allowed');
      expect(await verdict(role, asked(action, undefined, { bucket, context: tagged }))).toBe('Allowed');
    },
  );

  it.each(actions)('are not replaced on an object without a fence: %s', async (action) => {
    for (const context of [{}, { 's3:RequestObjectTag/team': 'hr' }, { 's3:ExistingObjectTag/team': 'hr' }]) {
      expect(await verdict(role, asked(action, undefined, { bucket, context }))).toBe('ExplicitlyDenied');
      expect(await verdict(mighty, asked(action, undefined, { bucket, context }))).toBe('ExplicitlyDenied');
    }
  });

  it('are put on its copies as they were on the source', async () => {
    const copy: Request = {
      action: 's3:PutObjectTagging',
      resource: `arn:aws:s3:::isolation/objects/${role.account}/b/k@e`,
      owner: workerAccount,
      context: { 's3:RequestObjectTag/team': 'hr' },
    };

    expect(await verdict(role, copy)).toBe('Allowed');
  });
});
