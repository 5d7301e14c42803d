import { keyOfTopic } from '../../aws/sns/subscriptions.ts';
import { policyPlace } from '../../config/policy/policy-place.ts';
import { organizationIn } from '../../core/operate/doctor/judge-role.ts';
import type { WorkerPlace } from '../../core/operate/doctor/worker-needs.ts';
import { placeOf } from '../operator/isolation-bucket.ts';
import type { LookedAt } from './looked-at.ts';

/** The resources of the worker of this installation, as far as settings and stacks name them. */
export async function workerPlaceOf(looked: LookedAt): Promise<WorkerPlace> {
  const { bucketPolicy, clients, isolationKey, policy, queue, serviceStack, settings, stack } = looked;
  const { name, owner: account } = placeOf(settings);
  const { DEAD_LETTER_QUEUE_URL: deadLetters, ALERT_TOPIC_ARN: alerts, MEMBER_ROLE_NAME: member } = settings;
  const { region } = clients;
  const queueArn = (await queue(settings.QUEUE_URL))['QueueArn'] ?? '';
  const partition = queueArn.split(':')[1] ?? 'aws';
  const arn = (service: string, resource: string) =>
    `arn:${partition}:${service}:${region}:${account}:${resource}`;
  const rules = await policy().then(
    ({ document }) => document.rules,
    () => [],
  );
  const cluster = (await serviceStack())?.['ClusterName'];
  const { POLICY_FILE: file = '', PARAMETER_PATH: path } = settings;
  const source = policyPlace(file);
  return {
    partition,
    region,
    account,
    isolationBucket: name,
    isolationKeyArn: asArn(await isolationKey(), (id) => arn('kms', `key/${id}`)),
    queueArn,
    deadLetterArn: deadLetters === undefined ? undefined : (await queue(deadLetters))['QueueArn'],
    topicArns: [...new Set([alerts, ...rules.map(({ alert }) => alert)])].filter(
      (topic) => topic !== undefined,
    ),
    topicsKeyArn:
      (await stack())?.['TopicsKeyArn'] ??
      (alerts === undefined
        ? undefined
        : asArn(await keyOfTopic(await clients.sns(), alerts), (id) => arn('kms', `key/${id}`))),
    outcomeBusArn: settings.OUTCOME_BUS_ARN,
    memberRoleArn:
      member === undefined ? undefined : `arn:${partition}:iam::${otherAccount(account)}:role/${member}`,
    organizationId: member === undefined ? undefined : organizationIn(await bucketPolicy()),
    policyParameterArn: source?.kind === 'ssm' ? arn('ssm', `parameter${source.name}`) : undefined,
    policyObjectArn:
      source?.kind === 's3' ? `arn:${partition}:s3:::${source.bucket}/${source.key}` : undefined,
    parameterPathArn: path === undefined ? undefined : arn('ssm', `parameter${path.replace(/\/$/, '')}`),
    taskArn: cluster === undefined ? undefined : arn('ecs', `task/${cluster}/any`),
    confirmsFindings: settings.CONFIRM_FINDINGS === 'macie',
    fences: settings.FENCE !== undefined && settings.FENCE !== 'off',
  };
}

/** A key is named by its id or its ARN. The key behind an alias is not known here. */
function asArn(key: string | undefined, arnOfId: (id: string) => string): string | undefined {
  if (key === undefined || key.includes('alias/')) return undefined;
  return key.startsWith('arn:') ? key : arnOfId(key);
}

/** The worker assumes the role in any account but its own. */
function otherAccount(account: string): string {
  return account === '111122223333' ? '444455556666' : '111122223333';
}
