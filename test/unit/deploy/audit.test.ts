import { describe, expect, it } from 'vitest';
import { matchesPattern } from '../../../src/local/event-bus/event-pattern.ts';
import { deployed, deployer, region, workerAccount } from '../../support/deployed.ts';
import { renderTemplate } from '../../support/rendered-template.ts';

const { dataPlane } = deployed();
const render = (parameters: Readonly<Record<string, string>> = {}) =>
  renderTemplate('audit.yaml', workerAccount, region, {
    ...dataPlane.outputs,
    DeployRoleArns: deployer,
    Trail: 'evidence',
    ...parameters,
  });
const rulesOf = (parameters: Readonly<Record<string, string>> = {}) =>
  render(parameters).resources.filter(({ type }) => type === 'AWS::Events::Rule');
const outputs = dataPlane.outputs;
const findingsRule = outputs['FindingsRuleName'] ?? '';
const alerts = outputs['AlertTopicArn'] ?? '';
const queueUrl = outputs['QueueUrl'] ?? '';

const byRole = (arn: string) => ({ sessionContext: { sessionIssuer: { arn } } });
const administrator = byRole(`arn:aws:iam::${workerAccount}:role/administrator`);
const user = { type: 'IAMUser', arn: `arn:aws:iam::${workerAccount}:user/somebody` };

/** Names of the rules that a call reaches, as CloudTrail tells EventBridge of it. */
function told(
  [service, eventName, requestParameters]: readonly [string, string, unknown],
  userIdentity: object = administrator,
  parameters: Readonly<Record<string, string>> = {},
): string[] {
  const event = {
    source: `aws.${service}`,
    'detail-type': 'AWS API Call via CloudTrail',
    detail: { eventSource: `${service}.amazonaws.com`, eventName, requestParameters, userIdentity },
  };
  return rulesOf(parameters)
    .filter(({ properties }) => matchesPattern(properties['EventPattern'], event))
    .map(({ properties }) => String(properties['Name']).replace('macie-isolator-changes-', ''));
}

type Call = readonly [string, string, unknown];
const changes: readonly (readonly [string, Call, string])[] = [
  ['disabling the rule', ['events', 'DisableRule', { name: findingsRule }], 'way-in'],
  ['another target of the rule', ['events', 'PutTargets', { rule: findingsRule, targets: [] }], 'way-in'],
  ['taking its target away', ['events', 'RemoveTargets', { rule: findingsRule }], 'way-in'],
  [
    'disabling this very rule',
    ['events', 'DisableRule', { name: 'macie-isolator-changes-telling-others' }],
    'way-in',
  ],
  ['deleting the archive', ['events', 'DeleteArchive', { archiveName: 'macie-isolator-findings' }], 'way-in'],
  ['purging the queue', ['sqs', 'PurgeQueue', { queueUrl }], 'way-in'],
  [
    'the policy of the queue',
    ['sqs', 'SetQueueAttributes', { queueUrl, attributes: { Policy: '' } }],
    'way-in',
  ],
  [
    'purging the dead-letter queue',
    ['sqs', 'PurgeQueue', { queueUrl: outputs['DeadLetterQueueUrl'] }],
    'way-in',
  ],
  [
    'moving messages',
    ['sqs', 'StartMessageMoveTask', { sourceArn: outputs['DeadLetterQueueArn'] }],
    'way-in',
  ],
  [
    'a filter that archives',
    ['macie2', 'CreateFindingsFilter', { action: 'ARCHIVE', name: 'quiet' }],
    'way-in',
  ],
  ['a changed filter', ['macie2', 'UpdateFindingsFilter', { id: 'ours-or-not' }], 'way-in'],
  ['disabling Macie', ['macie2', 'DisableMacie', null], 'way-in'],
  ['pausing Macie', ['macie2', 'UpdateMacieSession', { status: 'PAUSED' }], 'way-in'],
  ['the lifecycle', ['s3', 'PutBucketLifecycle', { bucketName: 'isolation' }], 'evidence'],
  ['replication', ['s3', 'PutBucketReplication', { bucketName: 'isolation' }], 'evidence'],
  ['the policy of the bucket', ['s3', 'DeleteBucketPolicy', { bucketName: 'isolation' }], 'evidence'],
  [
    'the key, by its id',
    ['kms', 'ScheduleKeyDeletion', { keyId: 'macie-isolator-isolationkey' }],
    'evidence',
  ],
  ['the key, by its ARN', ['kms', 'PutKeyPolicy', { keyId: outputs['IsolationKeyArn'] }], 'evidence'],
  ['a subscription', ['sns', 'Subscribe', { topicArn: alerts }], 'telling'],
  ['the policy of the topic', ['sns', 'SetTopicAttributes', { topicArn: alerts }], 'telling'],
  ['the end of a subscription', ['sns', 'Unsubscribe', { subscriptionArn: `${alerts}:1-2` }], 'telling'],
  [
    'deleting alarms',
    ['monitoring', 'DeleteAlarms', { alarmNames: ['macie-isolator-data-plane-X'] }],
    'telling',
  ],
  ['muting alarms', ['monitoring', 'DisableAlarmActions', { alarmNames: ['macie-isolator-x'] }], 'telling'],
  ['the heartbeat', ['scheduler', 'DeleteSchedule', { name: 'macie-isolator-heartbeat' }], 'telling'],
  ['the trail', ['cloudtrail', 'StopLogging', { name: 'macie-isolator-audit' }], 'telling'],
  [
    'the trail, by its ARN',
    [
      'cloudtrail',
      'StopLogging',
      { name: `arn:aws:cloudtrail:${region}:${workerAccount}:trail/macie-isolator-audit` },
    ],
    'telling',
  ],
];

describe('people are told', () => {
  it.each(changes)('of %s', (_, call, group) => {
    expect(told(call)).toEqual([`${group}-others`]);
  });

  it.each(changes)('of %s by a role that deploys, with severity info', (_, call, group) => {
    expect(told(call, byRole(deployer))).toEqual([`${group}-deployers`]);
  });

  it.each(changes)('of %s by a user, whose event names no role', (_, call, group) => {
    expect(told(call, user)).toEqual([`${group}-others`]);
  });

  it.each(changes)('of %s by anybody where nobody is named who deploys', (_, call, group) => {
    expect(told(call, byRole(deployer), { DeployRoleArns: '' })).toEqual([`${group}-others`]);
  });

  it('as of others of a role whose path only looks like the deploying one', () => {
    const lookAlike = byRole(`${deployer}/x`);

    expect(told(['sqs', 'PurgeQueue', { queueUrl }], lookAlike)).toEqual(['way-in-others']);
  });
});

describe('people are not told', () => {
  it.each<[string, Call]>([
    [
      'our own filter, which macie.yaml makes',
      ['macie2', 'CreateFindingsFilter', { action: 'ARCHIVE', name: 'macie-isolator-isolation-bucket' }],
    ],
    ['a filter that archives nothing', ['macie2', 'CreateFindingsFilter', { action: 'NOOP', name: 'x' }]],
    ['other rules', ['events', 'PutTargets', { rule: 'another' }]],
    ['other queues', ['sqs', 'PurgeQueue', { queueUrl: `${queueUrl}-of-others` }]],
    ['other buckets', ['s3', 'PutBucketPolicy', { bucketName: 'lake-raw' }]],
    ['other topics', ['sns', 'Subscribe', { topicArn: `${alerts}-of-others` }]],
  ])('of %s', (_, call) => {
    expect(told(call)).toEqual([]);
  });
});

describe('a rule', () => {
  it.each(rulesOf().map(({ logicalId, properties }) => [logicalId, properties] as const))(
    '%s fits EventBridge, and what it cannot deliver goes to the queue with an alarm',
    (logicalId, properties) => {
      expect(JSON.stringify(properties['EventPattern']).length).toBeLessThanOrEqual(2048);
      expect(properties['Targets']).toMatchObject([
        {
          Arn: outputs['AlarmTopicArn'],
          DeadLetterConfig: {
            Arn: `arn:aws:sqs:${region}:${workerAccount}:macie-isolator-notices-dead-letter`,
          },
          InputTransformer: {
            InputTemplate: expect.stringContaining(
              logicalId.endsWith('Others') ? 'severity high: <name>' : 'severity info: <name>',
            ),
          },
        },
      ]);
    },
  );

  it('says nothing of what a call carries: a policy or a filter may hold anything', () => {
    expect(JSON.stringify(rulesOf().map(({ properties }) => properties['Targets']))).not.toMatch(
      /requestParameters|userAgent/,
    );
  });
});

describe('the trail', () => {
  const trail = (Trail: string) => {
    const { resources, outputs: told } = render({ Trail });
    const selectors = resources.find(({ logicalId }) => logicalId === 'AuditTrail')?.properties[
      'AdvancedEventSelectors'
    ] as { Name: string }[] | undefined;
    return [selectors?.map(({ Name }) => Name), told['WhatIsBlind']] as const;
  };

  it.each([
    ['none', undefined, /^every change, unless/],
    ['management', ['Changes'], /^reads and writes of evidence/],
    ['evidence', ['Changes', 'Evidence', 'Messages'], /^nothing/],
  ])('%s logs %j, and says what is blind', (choice, names, blind) => {
    const [logged, says] = trail(choice);

    expect(logged).toEqual(names);
    expect(says).toMatch(blind);
  });
});
