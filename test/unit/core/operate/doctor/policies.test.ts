import { describe, expect, it } from 'vitest';
import {
  judgeBucketPolicy,
  protectionStays,
  wantedStatements,
} from '../../../../../src/core/operate/doctor/judge-bucket-policy.ts';
import { judgeKeyPolicy } from '../../../../../src/core/operate/doctor/judge-key.ts';
import { judgeQueuePolicy } from '../../../../../src/core/operate/doctor/judge-queue.ts';
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
const conditionOf = (sid: string) =>
  (bucketStatements.find(({ Sid }) => Sid === sid)?.['Condition'] ?? {}) as Record<
    string,
    Record<string, unknown>
  >;

/** Each condition with another value, and with one value more. */
function conditionsThatAdmitMore(conditions: Record<string, Record<string, unknown>>): object[] {
  return Object.entries(conditions).flatMap(([operator, keys]) =>
    Object.entries(keys).flatMap(([key, value]) =>
      (operator === 'ArnLike'
        ? [['arn:aws:iam::111111111111:role/nobody']]
        : [['*'], ['arn:aws:iam::111111111111:role/*'], [value, 'arn:aws:iam::*:root'].flat(), []]
      ).map((values) => ({ ...conditions, [operator]: { ...keys, [key]: values } })),
    ),
  );
}
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
      changed(sid, { Principal: { AWS: 'arn:aws:iam::111111111111:role/somebody' } }),
      changed(sid, { Principal: undefined, NotPrincipal: { AWS: '*' } }),
      changed(sid, { Resource: 'arn:aws:s3:::isolation/somewhere/*' }),
      changed(sid, { Resource: undefined, NotResource: 'arn:aws:s3:::isolation/objects/*' }),
      changed(sid, { Condition: { ...conditionOf(sid), StringEquals: { 'aws:PrincipalAccount': '1' } } }),
      changed(sid, { Condition: 'none' }),
      ...conditionsThatAdmitMore(conditionOf(sid)).map((Condition) => changed(sid, { Condition })),
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
      Object.fromEntries(
        Object.entries(wantedStatements).map(([sid, { actions }]) => [sid, new Set(actions)]),
      ),
    );
    const resources = bucketStatements
      .filter(({ Sid }) => Sid in wantedStatements)
      .map(({ Resource, Sid }) => [
        Sid,
        [Resource].flat().map((arn) => String(arn).replace('arn:aws:s3:::isolation', '')),
      ]);
    expect(Object.fromEntries(resources)).toEqual(
      Object.fromEntries(Object.entries(wantedStatements).map(([sid, wanted]) => [sid, wanted.resources])),
    );
    expect(bucketStatements.find(({ Sid }) => Sid === 'ProtectionStays')?.['Action']).toEqual(
      protectionStays.actions,
    );
  });

  it.each(Object.keys(wantedStatements))('may deny more than %s', (sid) => {
    const more = [
      changed(sid, { Condition: undefined }),
      changed(sid, { Sid: 'Another', Action: '*', Resource: '*', Condition: undefined }),
      changed(sid, { Action: ['S3:*'], Resource: 'arn:aws:s3:::isol*', Principal: { AWS: ['*'] } }),
    ];

    for (const policy of more) expect(judgeBucketPolicy(policy)).toEqual({ state: 'ok' });
  });

  it('may name with NotPrincipal whom a condition would let through, and nobody else', () => {
    const operator = `arn:aws:iam::${workerAccount}:role/macie-isolator-operator-${region}`;
    const people = { Principal: undefined, NotPrincipal: { AWS: [operator] }, Condition: undefined };
    const worker = { AWS: `arn:aws:iam::${workerAccount}:role/macie-isolator-worker-${region}` };

    expect(judgeBucketPolicy(changed('OnlyOperatorsReleaseAndPause', people)).state).toBe('ok');
    expect(judgeBucketPolicy(changed('OnlyOperatorsHold', { ...people, NotPrincipal: worker })).state).toBe(
      'wrong',
    );
    // Nobody may send without TLS.
    expect(judgeBucketPolicy(changed('TlsOnly', people)).state).toBe('wrong');
  });

  it('protects its bucket only if nobody but named roles may change it', () => {
    const weaker = changed('ProtectionStays', { Condition: { Bool: { 'aws:SecureTransport': 'false' } } });
    expect(judgeBucketPolicy(weaker).state).toBe('look');
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
    [
      'keeps off one role alone',
      policyOf(
        keyStatements.map((each) =>
          each.Sid === 'KeyStays' ? { ...each, Principal: { AWS: 'arn:aws:iam::1:role/x' } } : each,
        ),
      ),
      'look',
    ],
  ])('that %s is told', (_, policy, state) => {
    expect(judgeKeyPolicy(policy, bucket).state).toBe(state);
  });

  it('needs no member accounts where the bucket has none', () => {
    const alone = without(bucketStatements, 'MemberRolesCopy');
    expect(judgeKeyPolicy(without(keyStatements, 'MemberRolesCopy'), alone).state).toBe('ok');
  });
});

describe('the policy of the findings queue', () => {
  const statements = (propertiesOf('FindingsQueuePolicy')['PolicyDocument'] as { Statement: Statement[] })
    .Statement;
  const judge = (policy: string) => judgeQueuePolicy({ Policy: policy });
  const withSending = (change: object) =>
    policyOf(statements.map((each) => (each.Sid === 'OnlyOperatorsSend' ? { ...each, ...change } : each)));
  const operator = `arn:aws:iam::${workerAccount}:role/macie-isolator-operator-${region}`;
  const others = { 'aws:PrincipalArn': [operator] };

  it('of the template is well', () => {
    expect(judge(policyOf(statements))).toEqual({ state: 'ok' });
  });

  it.each<[string, string]>([
    ['has no denial but that of TLS', without(statements, 'OnlyOperatorsSend')],
    ['denies where TLS is missing', withSending({ Condition: { Bool: { 'aws:SecureTransport': 'false' } } })],
    ['denies one account', withSending({ Condition: { StringEquals: { 'aws:PrincipalAccount': '1' } } })],
    [
      'lets every role send',
      withSending({ Condition: { ArnNotLike: { 'aws:PrincipalArn': 'arn:aws:iam::1:role/*' } } }),
    ],
    ['keeps off the operator', withSending({ Condition: { ArnLike: others } })],
    ['keeps off named roles', withSending({ Principal: { AWS: operator } })],
    ['denies receiving', withSending({ Action: 'sqs:ReceiveMessage' })],
    [
      'denies a part of the senders by another condition',
      withSending({ Condition: { ArnNotLike: others, IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } }),
    ],
  ])('that %s keeps nobody off', (_, policy) => {
    expect(judge(policy)).toMatchObject({ state: 'wrong', why: expect.stringContaining('Everybody') });
  });

  it.each<[string, string]>([
    ['has no condition', withSending({ Condition: undefined })],
    [
      'names who may send by NotPrincipal',
      withSending({ Principal: undefined, NotPrincipal: { AWS: operator }, Condition: undefined }),
    ],
    ['denies everything', withSending({ Action: 'SQS:*', Resource: '*' })],
    [
      'compares the roles as texts',
      withSending({ Condition: { StringNotEquals: { 'aws:principalarn': operator } } }),
    ],
  ])('whose denial %s is well', (_, policy) => {
    expect(judge(policy)).toEqual({ state: 'ok' });
  });

  it('must let EventBridge send, not only see the queue', () => {
    const policy = policyOf(
      statements.map((each) => (each.Sid === 'RulesSend' ? { ...each, Action: 'sqs:GetQueueUrl' } : each)),
    );
    expect(judge(policy)).toMatchObject({ state: 'wrong', why: expect.stringContaining('EventBridge') });
  });
});
