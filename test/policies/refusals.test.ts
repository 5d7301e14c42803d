import { describe, expect, it } from 'vitest';
import { accessKey, discardKey, fenceProofKey, toldNoteKey } from '../../src/core/evidence/keys.ts';
import { createAuthorizer, type Policy, type Principal, type Request } from '../support/authorize.ts';
import { externalId, memberAccount, outcomeBus, region, workerAccount } from '../support/deployed.ts';
import {
  type Asked,
  administrator,
  assume,
  at,
  authorizer,
  breaksGlass,
  copy,
  creates,
  deploying,
  hostileMember,
  investigator,
  isolationKey,
  member,
  memberAdministrator,
  memberAtHome,
  memberCopy,
  operator,
  otherAccount,
  plain,
  put,
  queue,
  record,
  release,
  request,
  source,
  stranger,
  templates,
  topic,
  worker,
} from '../support/policy-requests.ts';
import { takingAway } from './taking-away.ts';
import { tampering } from './tampering.ts';

const access = accessKey('0a1b', new Date('2026-11-28T10:00:00Z'), '0a1b2c3d');
const told = toldNoteKey(record);
const limitCount = 'control/limits/2026-11-27T22/0a1b.json';
const { reconciliation } = authorizer;
const proofOfFence = fenceProofKey('lake-raw');
const discard = discardKey('0d1c2b3a');

const refusals: readonly Asked[] = [
  // A fence is proved by those who do not claim it.
  [
    'the proof of a fence, to the worker, whatever its role may do',
    authorizer.admin(workerAccount, worker.role),
    put(proofOfFence),
  ],
  ['the proof of a fence, to an administrator', administrator, put(proofOfFence)],
  ['a pause, to the daily check of fences', authorizer.fenceCheck, put('control/pause.json')],
  ['the budget, to the daily check of fences', authorizer.fenceCheck, put('control/budget.json')],
  ...tampering,
  ...takingAway,
  // Events go to the one bus, under the worker's own name.
  [
    'sending an event as somebody else, to the worker',
    worker,
    {
      action: 'events:PutEvents',
      resource: outcomeBus,
      owner: workerAccount,
      context: { 'events:source': ['macie-isolator', 'com.example.payroll'] },
    },
  ],
  [
    'sending an event to another bus, to the worker',
    worker,
    {
      action: 'events:PutEvents',
      resource: outcomeBus.replace('outcomes', 'default'),
      owner: workerAccount,
      context: { 'events:source': ['macie-isolator'] },
    },
  ],
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
  [
    'the lock of a copy, to a member role beside the evidence',
    memberAtHome,
    at('s3:GetObjectRetention', copy),
  ],
  // Others neither.
  ['a copy, to an administrator', administrator, put(copy)],
  ['a record, to an administrator', administrator, put(record)],
  ['the valve, to an administrator', administrator, put('control/valve.json')],
  ['a release record, to the worker', worker, put(release)],
  ['a release record, to an administrator', administrator, put(release)],
  // The worker isolates what a request names without asking Macie.
  ['a request, to the worker', worker, put(request)],
  ['a request, to an administrator', administrator, put(request)],
  ['a request, to a member role', hostileMember, put(request)],
  [
    'a request in place of another, to an operator',
    operator,
    put(request, { 's3:ObjectCreationOperation': 'true' }),
  ],
  ['a copy, to the investigator', investigator, put(copy)],
  // The role that sends parked messages again does nothing else.
  ['reading a copy, to the operator role', authorizer.operator, at('s3:GetObject', copy)],
  ['lifting a pause, to the worker', worker, put('control/pause.json')],
  ['a pause, to an administrator', administrator, put('control/pause.json')],
  ['the budget, to an administrator', administrator, put('control/budget.json')],
  ['the budget, to the operator role', authorizer.operator, put('control/budget.json')],
  ['the count of a limit, to an administrator', administrator, put(limitCount)],
  ['the count of a limit, to the operator role', authorizer.operator, put(limitCount)],
  ['the count of a limit, to a member role', hostileMember, put(limitCount)],
  ['a release record, to the operator role', authorizer.operator, put(release)],
  ['the record of a discarded message, to the worker', worker, put(discard)],
  ['receiving findings, to the daily comparison', reconciliation, queue('sqs:ReceiveMessage', 'findings')],
  ['parking, to the daily comparison', reconciliation, queue('sqs:SendMessage', 'findings-dead-letter')],
  [
    'receiving parked messages, to the daily comparison',
    reconciliation,
    queue('sqs:ReceiveMessage', 'findings-dead-letter'),
  ],
  ['reading a copy, to the daily comparison', reconciliation, at('s3:GetObject', copy)],
  ['a record, to the daily comparison', reconciliation, put(record)],
  ['a release record, to the daily comparison', reconciliation, put(release)],
  ['a pause, to the daily comparison', reconciliation, put('control/pause.json')],
  ['publishing an alert, to the daily comparison', reconciliation, topic()],
  ['the record of a discarded message, to an administrator', administrator, put(discard)],
  [
    'the record of a discarded message once more, to the operator role',
    authorizer.operator,
    put(discard, { 's3:ObjectCreationOperation': 'true' }),
  ],
  ['receiving findings, to the operator role', authorizer.operator, queue('sqs:ReceiveMessage', 'findings')],
  ['parking, to the operator role', authorizer.operator, queue('sqs:SendMessage', 'findings-dead-letter')],
  // Who read a copy, and who held it, stays on record.
  ['the line of an access, to the worker', worker, put(access)],
  ['the line of an access, to a member role', hostileMember, put(access)],
  [
    'the line of an access in place of another, to the investigator',
    authorizer.investigator,
    put(access, { 's3:ObjectCreationOperation': 'true' }),
  ],
  [
    'the line of an access in place of another, to an administrator',
    administrator,
    put(access, { 's3:ObjectCreationOperation': 'true' }),
  ],
  ['deleting the line of an access, to the investigator', investigator, at('s3:DeleteObject', access)],
  ['holding a copy, to the investigator', authorizer.investigator, at('s3:PutObjectLegalHold', copy)],
  ['publishing an alert, to the investigator', authorizer.investigator, topic()],
  ['what people were told, to the investigator', authorizer.investigator, put(told)],
  ['a provenance, to the operator role', authorizer.operator, put('provenance/abc.json')],
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
];

describe('refused is', () => {
  it.each(refusals)('%s', async (_, who, request) => {
    expect(await authorizer.verdict(who, request)).toMatch(/Denied$/);
  });
});

describe('a statement that denies', () => {
  it.each(authorizer.denials)('is needed for a refusal: %s, %s', async (resource, sid) => {
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
      'events of its own to the bus, to the worker',
      worker,
      {
        action: 'events:PutEvents',
        resource: outcomeBus,
        owner: workerAccount,
        context: { 'events:source': ['macie-isolator', 'macie-isolator'] },
      },
    ],
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
      'the budget, to the worker, in place of the last state',
      worker,
      put('control/budget.json', { 's3:ObjectCreationOperation': 'true', 's3:if-match': 'e1' }),
    ],
    [
      'the count of a limit, to the worker, in place of the last state',
      worker,
      put(limitCount, { 's3:ObjectCreationOperation': 'true', 's3:if-match': 'e1' }),
    ],
    ['the proof of a fence, to an operator', operator, put(proofOfFence)],
    ['the proof of a fence, to the operator role', authorizer.operator, put(proofOfFence)],
    ['the proof of a fence, to the daily check', authorizer.fenceCheck, put(proofOfFence)],
    [
      'reading the proof of a fence, to the daily check',
      authorizer.fenceCheck,
      at('s3:GetObject', proofOfFence),
    ],
    ['encrypting it', authorizer.fenceCheck, isolationKey('kms:GenerateDataKey')],
    ['a pause, to an operator', operator, put('control/pause.json')],
    ['a pause, to the operator role', authorizer.operator, put('control/pause.json')],
    [
      'reading the budget, to the operator role',
      authorizer.operator,
      at('s3:GetObject', 'control/budget.json'),
    ],
    ['the line of an access, to the investigator', authorizer.investigator, put(access)],
    ['encrypting it', authorizer.investigator, isolationKey('kms:GenerateDataKey')],
    ['the line of an access, to the operator role', authorizer.operator, put(access)],
    ['holding a copy, to the operator role', authorizer.operator, at('s3:PutObjectLegalHold', copy)],
    ['reading a release, to the operator role', authorizer.operator, at('s3:GetObject', release)],
    ['reading a record, to the operator role', authorizer.operator, at('s3:GetObject', record)],
    ['an alert once more, to the operator role', authorizer.operator, topic()],
    ['the note that people were told, to the operator role', authorizer.operator, put(told)],
    ['a release record, to an operator', operator, put(release)],
    ['the record of a discarded message, to the operator role', authorizer.operator, put(discard)],
    ['sending a finding, to the daily comparison', reconciliation, queue('sqs:SendMessage', 'findings')],
    ['reading a record, to the daily comparison', reconciliation, at('s3:GetObject', record)],
    ['decrypting it, to the daily comparison', reconciliation, isolationKey('kms:Decrypt')],
    ['reading a record, to the operator role', authorizer.operator, at('s3:GetObject', record)],
    ['a kept body, to the operator role', authorizer.operator, at('s3:GetObject', 'rejected/abc')],
    ['a request, to an operator', operator, put(request)],
    ['a request, to the operator role', authorizer.operator, put(request)],
    ['reading a request, to the operator role', authorizer.operator, at('s3:GetObject', request)],
    ['its message, to the operator role', authorizer.operator, queue('sqs:SendMessage', 'findings')],
    ['reading a request, to the worker', worker, at('s3:GetObject', request)],
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
    ['a legal hold, to an operator', operator, at('s3:PutObjectLegalHold', copy)],
    [
      'the tags of a copy, to the investigator',
      authorizer.admin(workerAccount, investigator.role),
      at('s3:GetObjectTagging', copy),
    ],
    ['listing, to an administrator: keys can be listed', administrator, at('s3:ListBucket')],
    ...['ReceiveMessage', 'DeleteMessage', 'ChangeMessageVisibility', 'GetQueueAttributes'].flatMap(
      (action): [string, Principal, Request][] => [
        [`${action} of findings, to the worker`, worker, queue(`sqs:${action}`, 'findings')],
        [
          `${action} of what the rule could not deliver, to the operator role`,
          authorizer.operator,
          queue(`sqs:${action}`, 'rules-dead-letter'),
        ],
      ],
    ),
    [
      'how full the queue is, to an administrator',
      administrator,
      queue('sqs:GetQueueAttributes', 'findings'),
    ],
    ...['PutLifecycleConfiguration', 'PutReplicationConfiguration', 'PutBucketPolicy'].map(
      (action): [string, Principal, Request] => [
        `${action}, to the role that deploys`,
        deploying,
        at(`s3:${action}`),
      ],
    ),
    [
      'an attribute of the queue, to the role that deploys',
      deploying,
      queue('sqs:SetQueueAttributes', 'findings'),
    ],
    ['subscribing, to the role that deploys', deploying, topic({}, 'sns:Subscribe')],
    ['the policy of the key, to the role that deploys', deploying, isolationKey('kms:PutKeyPolicy')],
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
