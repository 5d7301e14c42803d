import { describe, expect, it } from 'vitest';
import { canaryKeys } from '../../src/core/evidence/keys.ts';
import { sourceNeeds } from '../../src/core/operate/doctor/source-needs.ts';
import { type WorkerPlace, workerNeeds } from '../../src/core/operate/doctor/worker-needs.ts';
import { allowedActions, createAuthorizer, policiesOfRole, type Request } from '../support/authorize.ts';
import {
  deployed,
  memberAccount,
  organization,
  outcomeBus,
  region,
  workerAccount,
} from '../support/deployed.ts';

const templates = deployed();
const authorizer = createAuthorizer(templates);
const { dataPlane, operations, service } = templates;
const arn = (kind: string, resource: string) => `arn:aws:${kind}:${region}:${workerAccount}:${resource}`;

/** An installation with every option on, as the templates make it. */
const place: WorkerPlace = {
  partition: 'aws',
  region,
  account: workerAccount,
  isolationBucket: 'isolation',
  isolationKeyArn: dataPlane.outputs['IsolationKeyArn'],
  queueArn: dataPlane.outputs['QueueArn'] ?? '',
  deadLetterArn: dataPlane.outputs['DeadLetterQueueArn'],
  topicArns: [dataPlane.outputs['AlertTopicArn'] ?? ''],
  topicsKeyArn: dataPlane.outputs['TopicsKeyArn'],
  outcomeBusArn: outcomeBus,
  memberRoleArn: `arn:aws:iam::${memberAccount}:role/macie-isolator-member`,
  organizationId: organization,
  policyParameterArn: arn('ssm', 'parameter/macie-isolator-policy'),
  policyObjectArn: undefined,
  parameterPathArn: arn('ssm', 'parameter/macie-isolator'),
  taskArn: arn('ecs', 'task/macie-isolator/any'),
  confirmsFindings: true,
  fences: true,
};
const needs = [...workerNeeds(place), ...sourceNeeds(place, 'lake-raw')];

describe('the calls that doctor simulates for the worker’s role', () => {
  it.each(needs.flatMap(({ actions, ...need }) => actions.map((action) => [need.to, action, need] as const)))(
    'is allowed by the templates: to %s, %s',
    async (_, action, { context, resource }) => {
      const owner = resource === place.memberRoleArn ? memberAccount : workerAccount;
      const isNewObject = action === 's3:PutObject';
      const asked: Request = {
        action,
        resource,
        owner,
        context: {
          ...context,
          // The policy of the bucket demands it of whoever puts evidence.
          ...(isNewObject && { 's3:if-none-match': '*', 's3:ObjectCreationOperation': 'true' }),
          // The trust policy of the role demands it.
          ...(action === 'sts:AssumeRole' && { 'sts:ExternalId': 'security-team-7' }),
        },
      };

      expect(await authorizer.verdict(authorizer.worker, asked)).toBe('Allowed');
    },
  );

  it('has no tags of a fence where none is put', () => {
    const actions = sourceNeeds({ ...place, fences: false }, 'lake-raw').flatMap((need) => need.actions);

    expect(actions.filter((action) => action.startsWith('s3:Put'))).toEqual([]);
  });

  it('is all that the templates allow', () => {
    const simulated = new Set(needs.flatMap(({ actions }) => actions));
    const allowed = allowedActions(policiesOfRole(service, 'WorkerRole'));

    expect([...simulated].toSorted()).toEqual(allowed);
  });
});

const bucket = 'arn:aws:s3:::isolation';
const key = place.isolationKeyArn ?? '';
const workerRole = `arn:aws:iam::${workerAccount}:role/macie-isolator-worker-${region}`;
const canary = `${bucket}/${canaryKeys('1').record}`;
const throughS3 = { 'kms:ViaService': `s3.${region}.amazonaws.com` };
const here = { 'aws:RequestedRegion': region };

describe('the operator role', () => {
  it.each<[string, string, Request['context']?]>([
    ['s3:GetBucketObjectLockConfiguration', bucket],
    ['s3:GetBucketPolicy', bucket],
    ['s3:GetBucketPublicAccessBlock', bucket],
    ['s3:GetBucketVersioning', bucket],
    ['s3:GetEncryptionConfiguration', bucket],
    ['s3:ListBucket', bucket],
    ['s3:GetObject', `${bucket}/control/pause.json`],
    ['s3:GetObject', `${bucket}/control/policy/abc.json`],
    ['s3:GetObject', `${bucket}/records/dt=2026-01-01/abc.isolated.json`],
    ['sqs:GetQueueAttributes', place.queueArn],
    ['sqs:GetQueueAttributes', place.deadLetterArn ?? ''],
    ['sns:GetTopicAttributes', dataPlane.outputs['AlertTopicArn'] ?? ''],
    ['sns:ListSubscriptionsByTopic', dataPlane.outputs['AlertTopicArn'] ?? ''],
    ['sns:ListSubscriptionsByTopic', dataPlane.outputs['AlarmTopicArn'] ?? ''],
    ['events:DescribeRule', arn('events', 'rule/foreign')],
    ['events:ListRuleNamesByTarget', '*', here],
    ['events:ListTargetsByRule', arn('events', 'rule/foreign')],
    ['cloudformation:DescribeStacks', arn('cloudformation', 'stack/macie-isolator-data-plane/1')],
    ['iam:SimulatePrincipalPolicy', workerRole],
    ['kms:DescribeKey', key],
    ['kms:GetKeyPolicy', key],
    ['kms:GetKeyRotationStatus', key],
    ['cloudtrail:DescribeTrails', '*', here],
    ['cloudtrail:GetTrailStatus', arn('cloudtrail', 'trail/audit'), here],
    ['cloudtrail:GetEventSelectors', arn('cloudtrail', 'trail/audit'), here],
    ['s3:PutObject', canary, { 's3:ObjectCreationOperation': 'true', 's3:if-none-match': '*' }],
    ['s3:GetObject', canary],
    ['s3:GetObjectTagging', canary],
    ['s3:GetObjectAnnotation', canary],
    ['s3:PutObjectTagging', canary],
    ['s3:PutObjectAnnotation', canary],
    ['kms:GenerateDataKey', key, throughS3],
    ['kms:Decrypt', key, throughS3],
    ['macie2:CreateSampleFindings', '*', here],
    ['macie2:ListFindings', '*', here],
    ['macie2:GetFindings', '*', here],
    ['macie2:GetAdministratorAccount', '*', here],
    ['macie2:GetAutomatedDiscoveryConfiguration', '*', here],
    ['macie2:GetClassificationScope', '*', here],
    ['macie2:GetFindingsFilter', arn('macie2', 'findings-filter/1'), here],
    ['macie2:GetMacieSession', '*', here],
    ['macie2:ListAllowLists', '*', here],
    ['macie2:ListFindingsFilters', '*', here],
    ['ecs:DescribeServices', arn('ecs', 'service/macie-isolator/macie-isolator-worker')],
    ['ecs:DescribeTaskDefinition', '*', here],
    ['ecr:DescribeImages', arn('ecr', 'repository/macie-isolator'), here],
    ['cloudwatch:GetMetricData', arn('cloudwatch', 'dataset/default'), here],
  ])('may ask what doctor and status ask: %s of %s', async (action, resource, context = {}) => {
    const asked = { action, resource, owner: workerAccount, context };

    expect(await authorizer.verdict(authorizer.operator, asked)).toBe('Allowed');
  });

  it.each<[string, string, Request['context']?]>([
    ['s3:PutBucketPolicy', bucket],
    ['s3:PutObject', `${bucket}/control/budget.json`, { 's3:ObjectCreationOperation': 'true' }],
    ['s3:DeleteObject', canary],
    ['kms:PutKeyPolicy', key],
    ['kms:ScheduleKeyDeletion', key],
    ['iam:SimulatePrincipalPolicy', `arn:aws:iam::${workerAccount}:role/administrator`],
    ['iam:PutRolePolicy', workerRole],
    ['cloudtrail:StopLogging', arn('cloudtrail', 'trail/audit'), here],
    ['macie2:UpdateFindingsFilter', arn('macie2', 'findings-filter/1'), here],
    ['cloudformation:DescribeStacks', arn('cloudformation', 'stack/payroll/1')],
    ['macie2:GetMacieSession', '*', { 'aws:RequestedRegion': 'us-east-1' }],
    [
      'cloudwatch:GetMetricData',
      arn('cloudwatch', 'dataset/default'),
      { 'aws:RequestedRegion': 'us-east-1' },
    ],
    ['ecs:DescribeServices', arn('ecs', 'service/payroll/worker')],
    ['ecs:UpdateService', arn('ecs', 'service/macie-isolator/macie-isolator-worker')],
    ['ecr:PutImage', arn('ecr', 'repository/macie-isolator')],
  ])('may not mend by itself, nor look elsewhere: %s of %s', async (action, resource, context = {}) => {
    const asked = { action, resource, owner: workerAccount, context };

    expect(await authorizer.verdict(authorizer.operator, asked)).not.toBe('Allowed');
  });

  it('has no permission for doctor without a role to give it to', () => {
    expect(operations.resources.map(({ logicalId }) => logicalId)).toEqual(
      expect.arrayContaining(['DoctorPolicy', 'DoctorKeyPolicy']),
    );
  });
});
