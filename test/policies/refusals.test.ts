import { describe, expect, it } from 'vitest';
import { createAuthorizer, type Policy, type Principal, type Request } from '../support/authorize.ts';
import {
  breakGlass,
  deployed,
  externalId,
  memberAccount,
  region,
  workerAccount,
} from '../support/deployed.ts';

const templates = deployed();
const authorizer = createAuthorizer(templates);
const { worker, member, investigator, administrator } = authorizer;
const otherAccount = '333333333333';

/** Roles that may do everything in their account, as far as it is theirs to say. */
const operator = authorizer.admin(workerAccount, 'macie-isolator-operator');
const reconciliation = authorizer.admin(workerAccount, 'macie-isolator-reconciliation');
const breaksGlass = authorizer.admin(workerAccount, breakGlass.split('/').at(-1) ?? '');
const memberAdministrator = authorizer.admin(memberAccount, 'administrator');
/** A member role whose account's owner has given it everything. */
const hostileMember = authorizer.admin(memberAccount, member.role);
/** The same, should somebody make one where the evidence is. */
const memberAtHome = authorizer.admin(workerAccount, member.role);
const stranger: Principal = { ...authorizer.admin(otherAccount, member.role), organization: 'o-zzzzzzzzzz' };

const bucket = 'arn:aws:s3:::isolation';
const copy = `objects/${workerAccount}/lake-raw/hr/pay.csv@e1`;
const memberCopy = `objects/${memberAccount}/member-data/hr/pay.csv@e1`;
const record = 'records/dt=2026-01-01/abc.isolated.json';
const release = `releases/${workerAccount}/lake-raw/abc/e1.json`;

const at = (action: string, key?: string, context: Request['context'] = {}): Request => ({
  action,
  resource: key === undefined ? bucket : `${bucket}/${key}`,
  owner: workerAccount,
  context,
});
const creates = { 's3:ObjectCreationOperation': 'true', 's3:if-none-match': '*' };
const put = (key: string, context: Request['context'] = creates) => at('s3:PutObject', key, context);
const queue = (action: string, name: string, context: Request['context'] = {}): Request => ({
  action,
  resource: `arn:aws:sqs:${region}:${workerAccount}:macie-isolator-${name}`,
  owner: workerAccount,
  context,
});
const topic = (context: Request['context'] = {}): Request => ({
  action: 'sns:Publish',
  resource: `arn:aws:sns:${region}:${workerAccount}:macie-isolator-alerts`,
  owner: workerAccount,
  context,
});
const isolationKey = (action: string, service = 's3'): Request => ({
  action,
  resource: `arn:aws:kms:${region}:${workerAccount}:key/macie-isolator-isolationkey`,
  owner: workerAccount,
  context: { 'kms:ViaService': `${service}.${region}.amazonaws.com` },
});
const assume = (context: Request['context'] = { 'sts:ExternalId': externalId }): Request => ({
  action: 'sts:AssumeRole',
  resource: `arn:aws:iam::${memberAccount}:role/macie-isolator-member`,
  owner: memberAccount,
  context,
});
const plain = { 'aws:SecureTransport': 'false' };
const source = (action: string, name: string, owner = workerAccount): Request => ({
  action,
  resource: `arn:aws:s3:::${name}`,
  owner,
});

const refusals: readonly (readonly [string, Principal, Request])[] = [
  // Evidence is neither deleted nor overwritten.
  ['deleting a copy, to the worker', worker, at('s3:DeleteObject', copy)],
  ['deleting a version of a copy, to the worker', worker, at('s3:DeleteObjectVersion', copy)],
  ['deleting a copy, to an administrator', administrator, at('s3:DeleteObject', copy)],
  [
    'deleting a version of a record, to an administrator',
    administrator,
    at('s3:DeleteObjectVersion', record),
  ],
  ['deleting a record, to an operator', operator, at('s3:DeleteObject', record)],
  ['bypassing retention, to an administrator', administrator, at('s3:BypassGovernanceRetention', copy)],
  ['overwriting a copy, to the worker', worker, put(copy, { 's3:ObjectCreationOperation': 'true' })],
  ['overwriting a record, to the worker', worker, put(record, { 's3:ObjectCreationOperation': 'true' })],
  ['overwriting a record, to an operator', operator, put(record, { 's3:ObjectCreationOperation': 'true' })],
  [
    'overwriting a copy in place of another version, to a member role',
    member,
    put(memberCopy, { 's3:ObjectCreationOperation': 'true', 's3:if-match': 'e1' }),
  ],
  [
    'encrypting a copy with another key, to the worker',
    worker,
    put(copy, {
      ...creates,
      's3:x-amz-server-side-encryption-aws-kms-key-id': `arn:aws:kms:${region}:${otherAccount}:key/theirs`,
    }),
  ],
  [
    'encrypting a copy without a key of KMS, to a member role',
    member,
    put(memberCopy, { ...creates, 's3:x-amz-server-side-encryption': 'AES256' }),
  ],
  [
    'encrypting a copy with a key that the sender keeps, to a member role',
    member,
    put(memberCopy, { ...creates, 's3:x-amz-server-side-encryption-customer-algorithm': 'AES256' }),
  ],
  // Isolated objects are read by those alone who have to.
  ['reading a copy, to an administrator', administrator, at('s3:GetObject', copy)],
  ['reading a version of a copy, to an administrator', administrator, at('s3:GetObjectVersion', copy)],
  ['reading a rejected body, to an administrator', administrator, at('s3:GetObject', 'rejected/abc')],
  ['reading its own copy, to a member role', hostileMember, at('s3:GetObject', memberCopy)],
  ['reading its copy, to the administrator of a member', memberAdministrator, at('s3:GetObject', memberCopy)],
  ['decrypting past S3, to a member role', hostileMember, isolationKey('kms:Decrypt', 'dynamodb')],
  // What protects the evidence stays.
  ['changing the policy, to an administrator', administrator, at('s3:PutBucketPolicy')],
  ['deleting the policy, to an administrator', administrator, at('s3:DeleteBucketPolicy')],
  ['changing the lifecycle, to an administrator', administrator, at('s3:PutLifecycleConfiguration')],
  ['suspending versions, to an operator', operator, at('s3:PutBucketVersioning')],
  ['deleting the key, to an administrator', administrator, isolationKey('kms:ScheduleKeyDeletion')],
  // Findings come from the rules, alerts from the worker.
  ['sending a finding, to an administrator', administrator, queue('sqs:SendMessage', 'findings')],
  ['sending a finding, to the worker', worker, queue('sqs:SendMessage', 'findings')],
  ['sending a finding, to another account', memberAdministrator, queue('sqs:SendMessage', 'findings')],
  ['parking, to an administrator', administrator, queue('sqs:SendMessage', 'findings-dead-letter')],
  ['sending to the rules’ queue, to an operator', operator, queue('sqs:SendMessage', 'rules-dead-letter')],
  ['publishing an alert, to an administrator', administrator, topic()],
  ['publishing an alert, to another account', memberAdministrator, topic()],
  // The member role is the worker's.
  ['assuming the member role without the external id, to the worker', worker, assume({})],
  ['assuming it with another one', worker, assume({ 'sts:ExternalId': 'another-id' })],
  ['assuming it, to an administrator of the worker’s account', administrator, assume()],
  ['assuming it, to another account', authorizer.admin(otherAccount, worker.role), assume()],
  ['assuming it from another organization', { ...worker, organization: 'o-zzzzzzzzzz' }, assume()],
  [
    'assuming a role of another organization, to the worker',
    worker,
    assume({ 'sts:ExternalId': externalId, 'aws:ResourceOrgID': 'o-zzzzzzzzzz' }),
  ],
  // A member role makes copies under its own account, and nothing else.
  ["another account's copy, to a member role", hostileMember, put(`objects/${otherAccount}/b/k@e`)],
  [
    "another account's hashed copy, to a member role",
    hostileMember,
    put(`objects-hashed/${otherAccount}/b/${memberAccount}/k@e`),
  ],
  [
    'a key that only looks like its own, to a member role',
    hostileMember,
    put(`objects-of/objects/${memberAccount}/k@e`),
  ],
  ['a record, to a member role', hostileMember, put(record)],
  ['a provenance, to a member role', hostileMember, put('provenance/abc.json')],
  ['a release record, to a member role', hostileMember, put(release)],
  ['the valve, to a member role', hostileMember, put('control/valve.json')],
  ['listing, to a member role', hostileMember, at('s3:ListBucket')],
  ['listing unfinished copies, to a member role', hostileMember, at('s3:ListBucketMultipartUploads')],
  ['deleting its own copy, to a member role', hostileMember, at('s3:DeleteObject', memberCopy)],
  [
    'a copy, to a role of the same name in another organization',
    stranger,
    put(`objects/${otherAccount}/b/k@e`),
  ],
  ['a copy, to the administrator of a member', memberAdministrator, put(memberCopy)],
  ['listing, to a member role beside the evidence', memberAtHome, at('s3:ListBucket')],
  ['tags of a copy, to a member role beside the evidence', memberAtHome, at('s3:GetObjectTagging', copy)],
  // Others neither.
  ['a copy, to an administrator', administrator, put(copy)],
  ['a record, to an administrator', administrator, put(record)],
  ['the valve, to an administrator', administrator, put('control/valve.json')],
  ['a release record, to the worker', worker, put(release)],
  ['a release record, to an administrator', administrator, put(release)],
  ['a copy, to the investigator', investigator, put(copy)],
  // The role that sends parked messages again does nothing else.
  ['reading a copy, to the operator role', authorizer.operator, at('s3:GetObject', copy)],
  ['a release record, to the operator role', authorizer.operator, put(release)],
  ['receiving findings, to the operator role', authorizer.operator, queue('sqs:ReceiveMessage', 'findings')],
  ['parking, to the operator role', authorizer.operator, queue('sqs:SendMessage', 'findings-dead-letter')],
  // Plain HTTP.
  ['reading a copy over HTTP, to the investigator', investigator, at('s3:GetObject', copy, plain)],
  ['a record over HTTP, to the worker', worker, put(record, { ...creates, ...plain })],
  ['receiving over HTTP, to the worker', worker, queue('sqs:ReceiveMessage', 'findings', plain)],
  ['publishing over HTTP, to the worker', worker, topic(plain)],
  ['parking over HTTP, to the worker', worker, queue('sqs:SendMessage', 'findings-dead-letter', plain)],
  [
    'receiving what rules could not send, over HTTP',
    operator,
    queue('sqs:ReceiveMessage', 'rules-dead-letter', plain),
  ],
  [
    'reading the data bucket over HTTP',
    administrator,
    { ...source('s3:GetObject', 'isolation-data/a.csv'), context: plain },
  ],
  // Stolen credentials of the worker reach no further than its work.
  ['a bucket that is not named, to the worker', worker, source('s3:GetObject', 'payroll/a.csv')],
  [
    'a named bucket that is another account’s',
    worker,
    source('s3:GetObject', 'lake-raw/a.csv', otherAccount),
  ],
  ['writing to a source, to the worker', worker, source('s3:PutObject', 'lake-raw/a.csv')],
  [
    'writing to a source, to a member role',
    member,
    source('s3:PutObject', 'member-data/a.csv', memberAccount),
  ],
  [
    'bypassing retention at a source, to the worker',
    worker,
    source('s3:BypassGovernanceRetention', 'lake-raw/a.csv'),
  ],
  [
    "a member's bucket, to the worker without its role",
    worker,
    source('s3:GetObject', 'member-data/a.csv', memberAccount),
  ],
  ['making a copy for another account, to the worker', worker, put(`objects/${otherAccount}/b/k@e`)],
  ['purging the queue, to the worker', worker, queue('sqs:PurgeQueue', 'findings')],
];

describe('refused is', () => {
  it.each(refusals)('%s', async (_, who, request) => {
    expect(await authorizer.verdict(who, request)).toMatch(/Denied$/);
  });
});

describe('a statement that denies', () => {
  it.each(authorizer.denials)('is needed: %s, %s', async (resource, sid) => {
    const weaker = createAuthorizer(templates, [resource, sid]);
    const verdicts = await Promise.all(refusals.map(([, who, request]) => weaker.verdict(who, request)));

    expect(verdicts).toContain('Allowed');
  });
});

/** The same requests by those who may: what was refused above was refused for who asked, or how. */
describe('allowed is', () => {
  it.each<[string, Principal, Request]>([
    ['a copy, to the worker', worker, put(copy)],
    [
      'a copy with the right key, to the worker',
      worker,
      put(copy, {
        ...creates,
        's3:x-amz-server-side-encryption': 'aws:kms',
        's3:x-amz-server-side-encryption-aws-kms-key-id': isolationKey('').resource,
      }),
    ],
    ['a record, to the worker', worker, put(record)],
    ['a rejected body, to the worker', worker, put('rejected/abc')],
    [
      'the valve, to the worker, in place of the last state',
      worker,
      put('control/valve.json', { 's3:ObjectCreationOperation': 'true', 's3:if-match': 'e1' }),
    ],
    ['the valve, to an operator', operator, put('control/valve.json')],
    ['a release record, to an operator', operator, put(release)],
    ['reading a copy, to the investigator', investigator, at('s3:GetObject', copy)],
    ['decrypting it', investigator, isolationKey('kms:Decrypt')],
    ['listing, to the investigator', investigator, at('s3:ListBucket')],
    ['reading a copy, to an operator', operator, at('s3:GetObject', copy)],
    ['reading a copy, to the worker', worker, at('s3:GetObject', memberCopy)],
    ['reading records, to an administrator, as for Athena', administrator, at('s3:GetObject', record)],
    ['a copy, to a member role under its own account', member, put(memberCopy)],
    [
      'a hashed copy, to a member role under its own account',
      member,
      put(`objects-hashed/${memberAccount}/member-data/abc@e1`),
    ],
    [
      'the parts of a copy, to a member role',
      member,
      put(memberCopy, { 's3:ObjectCreationOperation': 'false' }),
    ],
    ['encrypting it', member, isolationKey('kms:GenerateDataKey')],
    ['sending a finding, to an operator', operator, queue('sqs:SendMessage', 'findings')],
    ['sending a finding, to the reconciliation', reconciliation, queue('sqs:SendMessage', 'findings')],
    ...['StartMessageMoveTask', 'ListMessageMoveTasks', 'CancelMessageMoveTask', 'ReceiveMessage'].map(
      (action): [string, Principal, Request] => [
        `${action} of parked messages, to the operator role`,
        authorizer.operator,
        queue(`sqs:${action}`, 'findings-dead-letter'),
      ],
    ),
    ['sending them again, to the operator role', authorizer.operator, queue('sqs:SendMessage', 'findings')],
    ['parking, to the worker', worker, queue('sqs:SendMessage', 'findings-dead-letter')],
    ['publishing an alert, to the worker', worker, topic()],
    ['assuming the member role, to the worker', worker, assume()],
    ['changing the policy, with the glass broken', breaksGlass, at('s3:PutBucketPolicy')],
    ['deleting a copy, with the glass broken', breaksGlass, at('s3:DeleteObjectVersion', copy)],
    ['deleting the key, with the glass broken', breaksGlass, isolationKey('kms:ScheduleKeyDeletion')],
  ])('%s', async (_, who, request) => {
    expect(await authorizer.verdict(who, request)).toBe('Allowed');
  });
});

describe('services of AWS', () => {
  const rule = (name: string) => `arn:aws:local:${region}:${workerAccount}:macie-isolator-${name}`;

  it.each([
    ['findingsrule', 'Allowed'],
    ['another-rule', 'Denied'],
  ])('EventBridge sends for our rules alone: %s is %s', async (name, verdict) => {
    const sends = queue('sqs:SendMessage', 'findings', { 'aws:SourceArn': rule(name) });

    expect(await authorizer.serviceVerdict('events.amazonaws.com', sends)).toMatch(verdict);
  });

  const encrypts = (context: NonNullable<Request['context']>): Request => ({
    action: 'kms:GenerateDataKey',
    resource: `arn:aws:kms:${region}:${workerAccount}:key/macie-isolator-topicskey`,
    owner: workerAccount,
    context,
  });

  it.each([
    ['alarms', workerAccount, 'Allowed'],
    ['alarms of another account', otherAccount, 'Denied'],
  ])('CloudWatch encrypts %s for the topic: %s is %s', async (_, account, verdict) => {
    const request = encrypts({ 'aws:SourceAccount': account });

    expect(await authorizer.serviceVerdict('cloudwatch.amazonaws.com', request)).toMatch(verdict);
  });

  // Read and not simulated: the simulation knows no key of an encryption context that has colons in its name.
  it('EventBridge encrypts for the topic of alarms alone, without naming a source, which it does not', () => {
    const key = templates.dataPlane.resources.find(({ logicalId }) => logicalId === 'TopicsKey');
    const { Statement } = (key?.properties['KeyPolicy'] ?? { Statement: [] }) as Policy;

    expect(Statement.find(({ Sid }) => Sid === 'EventsPublish')).toMatchObject({
      Principal: { Service: 'events.amazonaws.com' },
      Condition: {
        StringEquals: {
          'kms:EncryptionContext:aws:sns:topicArn': `arn:aws:sns:${region}:${workerAccount}:macie-isolator-alarms`,
        },
      },
    });
    expect(JSON.stringify(Statement.filter(({ Sid }) => Sid === 'EventsPublish'))).not.toContain(
      'aws:Source',
    );
  });
});
