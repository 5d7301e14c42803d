import { describe, expect, it } from 'vitest';
import {
  judgeBucketPolicy,
  wantedStatements,
} from '../../../../../src/core/operate/doctor/judge-bucket-policy.ts';
import { judgeKeyPolicy } from '../../../../../src/core/operate/doctor/judge-key.ts';
import { organizationIn, workerRoleIn } from '../../../../../src/core/operate/doctor/judge-role.ts';
import { deployed, organization, region, workerAccount } from '../../../../support/deployed.ts';

interface Statement {
  readonly Sid: string;
  readonly [other: string]: unknown;
}

const { dataPlane } = deployed();
const propertiesOf = (logicalId: string) =>
  dataPlane.resources.find((each) => each.logicalId === logicalId)?.properties ?? {};
const bucketStatements = (
  propertiesOf('IsolationBucketPolicy')['PolicyDocument'] as { Statement: Statement[] }
).Statement;
const keyStatements = (propertiesOf('IsolationKey')['KeyPolicy'] as { Statement: Statement[] }).Statement;
const policyOf = (Statement: readonly object[]) => JSON.stringify({ Statement });
const without = (statements: readonly Statement[], sid: string) =>
  policyOf(statements.filter(({ Sid }) => Sid !== sid));
const changed = (sid: string, change: object) =>
  policyOf(bucketStatements.map((each) => (each.Sid === sid ? { ...each, ...change } : each)));
const everybody = { Sid: 'More', Effect: 'Allow', Principal: '*', Action: '*' };

describe('the policy of the isolation bucket', () => {
  it('of the template is well', () => {
    expect(judgeBucketPolicy(policyOf(bucketStatements))).toEqual({ state: 'ok' });
  });

  it.each(Object.keys(wantedStatements))('is wrong without the statement %s, or with a weaker one', (sid) => {
    const weaker = [
      without(bucketStatements, sid),
      changed(sid, { Effect: 'Allow' }),
      changed(sid, { Action: 's3:GetBucketAcl' }),
    ];

    for (const policy of weaker) {
      expect(judgeBucketPolicy(policy)).toMatchObject({ state: 'wrong', why: expect.stringContaining(sid) });
    }
  });

  it.each<[string, string | undefined, string]>([
    ['is absent', undefined, 'wrong'],
    ['is no JSON', '{', 'wrong'],
    ['admits everybody', policyOf([...bucketStatements, everybody]), 'wrong'],
    [
      'is of a version without requests',
      changed('OnlyOperatorsReleaseAndPause', { Resource: 'arn:aws:s3:::i/releases/*' }),
      'wrong',
    ],
    ['can be changed by every administrator', without(bucketStatements, 'ProtectionStays'), 'look'],
  ])('that %s is told', (_, policy, state) => {
    expect(judgeBucketPolicy(policy).state).toBe(state);
  });

  it('is compared with all that the template denies', () => {
    const denied = bucketStatements
      .filter(
        ({ Action, Effect, Sid }) =>
          Effect === 'Deny' && Action !== undefined && !/^(ProtectionStays|MemberRoles)/.test(Sid),
      )
      .map(({ Action, Sid }) => [Sid, new Set([Action].flat())]);

    expect(Object.fromEntries(denied)).toEqual(
      Object.fromEntries(Object.entries(wantedStatements).map(([sid, actions]) => [sid, new Set(actions)])),
    );
  });

  it('names the worker’s role', () => {
    const role = `arn:aws:iam::${workerAccount}:role/macie-isolator-worker-${region}`;
    expect(workerRoleIn(policyOf(bucketStatements))).toBe(role);
    expect(workerRoleIn(undefined)).toBeUndefined();
  });

  it('names the organization of member accounts', () => {
    expect(organizationIn(policyOf(bucketStatements))).toBe(organization);
    expect(organizationIn(without(bucketStatements, 'MemberRolesCopy'))).toBeUndefined();
  });
});

describe('the policy of the isolation key', () => {
  const bucket = policyOf(bucketStatements);

  it.each<[string, string | undefined, string]>([
    ['is that of the template', policyOf(keyStatements), 'ok'],
    ['is absent', undefined, 'wrong'],
    ['leaves nothing to IAM', without(keyStatements, 'AccountAdministers'), 'wrong'],
    ['admits everybody', policyOf([...keyStatements, { ...everybody, Principal: { AWS: '*' } }]), 'wrong'],
    [
      'does not admit member accounts, which the bucket admits',
      without(keyStatements, 'MemberRolesCopy'),
      'wrong',
    ],
    ['lets every administrator disable it', without(keyStatements, 'KeyStays'), 'look'],
  ])('that %s is told', (_, policy, state) => {
    expect(judgeKeyPolicy(policy, bucket).state).toBe(state);
  });

  it('needs no member accounts where the bucket has none', () => {
    const alone = without(bucketStatements, 'MemberRolesCopy');
    expect(judgeKeyPolicy(without(keyStatements, 'MemberRolesCopy'), alone).state).toBe('ok');
  });
});
