import {
  budgetKey,
  limitKey,
  policyKey,
  prefixesOfCopies,
  probeKeys,
  provenanceKey,
  recordKey,
  rejectedBodyKey,
} from '../../evidence/keys.ts';
import { domainOf } from '../../partition.ts';

/** Actions that the worker's role needs on a resource. */
export interface Need {
  /** The use that the worker makes of them, as a text after "may not". */
  readonly to: string;
  readonly actions: readonly string[];
  readonly resource: string;
  /** What IAM knows of such a call. */
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
}

/** The resources of the worker. A resource that is absent is not used, or not known. */
export interface WorkerPlace {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
  readonly isolationBucket: string;
  readonly isolationKeyArn?: string | undefined;
  readonly queueArn: string;
  readonly deadLetterArn?: string | undefined;
  readonly topicArns: readonly string[];
  readonly topicsKeyArn?: string | undefined;
  readonly outcomeBusArn?: string | undefined;
  readonly memberRoleArn?: string | undefined;
  /** The organization of the member accounts. */
  readonly organizationId?: string | undefined;
  readonly policyParameterArn?: string | undefined;
  readonly policyObjectArn?: string | undefined;
  readonly parameterPathArn?: string | undefined;
  readonly taskArn?: string | undefined;
  readonly confirmsFindings: boolean;
  /** It tags what it cannot move. */
  readonly fences: boolean;
}

/** KMS is called by the service that holds the data, never by the worker. */
export function through(service: string, { partition, region }: WorkerPlace) {
  return { 'kms:ViaService': `${service}.${region}.${domainOf(partition)}` };
}

/** The permissions that the worker needs whatever its sources are. */
export function workerNeeds(place: WorkerPlace): readonly Need[] {
  const bucket = `arn:${place.partition}:s3:::${place.isolationBucket}`;
  const copies = prefixesOfCopies({ accountId: place.account, bucket: 'any', key: 'any' });
  const probe = probeKeys({
    accountId: place.account,
    isolationBucket: place.isolationBucket,
    worker: 'any',
    since: new Date(0),
  }).from;
  const needs: readonly (Need | false | undefined)[] = [
    {
      to: 'work off the findings queue',
      actions: [
        'sqs:ChangeMessageVisibility',
        'sqs:DeleteMessage',
        'sqs:GetQueueAttributes',
        'sqs:ReceiveMessage',
      ],
      resource: place.queueArn,
    },
    needOf('park messages', ['sqs:GetQueueAttributes', 'sqs:SendMessage'], place.deadLetterArn),
    ...place.topicArns.map(
      (topic): Need => ({ to: 'alert people', actions: ['sns:Publish'], resource: topic }),
    ),
    needOf(
      'encrypt alerts',
      ['kms:Decrypt', 'kms:GenerateDataKey'],
      place.topicsKeyArn,
      through('sns', place),
    ),
    {
      to: 'list the isolation bucket',
      actions: ['s3:ListBucket', 's3:ListBucketMultipartUploads'],
      resource: bucket,
    },
    ...copies.map(
      (key): Need => ({
        to: 'make copies',
        actions: [
          's3:AbortMultipartUpload',
          's3:GetObject',
          's3:ListMultipartUploadParts',
          's3:PutObject',
          's3:PutObjectAnnotation',
          's3:PutObjectTagging',
        ],
        resource: `${bucket}/${key}id`,
      }),
    ),
    ...[...evidence, probe].map(
      (key): Need => ({
        to: 'write evidence',
        actions: ['s3:GetObject', 's3:PutObject'],
        resource: `${bucket}/${key}`,
      }),
    ),
    {
      to: 'probe the isolation bucket',
      actions: ['s3:GetObjectAnnotation', 's3:GetObjectTagging'],
      resource: `${bucket}/${probe}`,
    },
    needOf(
      'use the isolation key',
      ['kms:Decrypt', 'kms:GenerateDataKey'],
      place.isolationKeyArn,
      through('s3', place),
    ),
    place.confirmsFindings && {
      to: 'ask Macie whether a finding is its own',
      actions: ['macie2:GetFindings'],
      resource: '*',
      context: { 'aws:RequestedRegion': place.region },
    },
    needOf('send outcomes to the bus', ['events:PutEvents'], place.outcomeBusArn, {
      'events:source': ['macie-isolator'],
    }),
    needOf(
      'assume the role of member accounts',
      ['sts:AssumeRole'],
      place.memberRoleArn,
      place.organizationId === undefined ? undefined : { 'aws:ResourceOrgID': place.organizationId },
    ),
    needOf('read its policy', ['ssm:GetParameter'], place.policyParameterArn),
    needOf('read its policy', ['s3:GetObject'], place.policyObjectArn, {
      'aws:ResourceAccount': place.account,
    }),
    needOf('read its settings', ['ssm:GetParametersByPath'], place.parameterPathArn),
    needOf('protect its task while it copies', ['ecs:UpdateTaskProtection'], place.taskArn),
  ];
  return needs.filter((need) => need !== undefined && need !== false);
}

/** One key of each prefix under which the worker writes. Not `control/pause.json`, which is the word of a person. */
const evidence = [
  budgetKey,
  limitKey('any', { of: 'rule', name: 'any' }),
  policyKey('any'),
  provenanceKey('any'),
  recordKey({ id: 'any', createdAt: new Date(0) }, { name: 'isolated' }),
  rejectedBodyKey('any'),
];

function needOf(
  to: string,
  actions: readonly string[],
  resource: string | undefined,
  context?: Need['context'],
): Need | undefined {
  return resource === undefined ? undefined : { to, actions, resource, ...(context && { context }) };
}
