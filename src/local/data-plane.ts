import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { loadTemplate, type Template } from '../aws/cloudformation/load-template.ts';
import { createResolver, type PhysicalResource, type Resolver } from '../aws/cloudformation/resolve.ts';
import { nameResources, physical } from './cloudformation/name-resources.ts';
import { createEventBus, type EventBus, type Rule } from './event-bus/event-bus.ts';
import type { QueuesStandIn } from './queues/start-queues.ts';
import type { S3StandIn } from './s3/start-s3.ts';
import type { Retention } from './s3/store/bucket.ts';

export interface DataPlane {
  readonly queueUrl: string;
  readonly deadLetterQueueUrl: string;
  readonly rulesDeadLetterQueueUrl: string;
  readonly isolationBucket: string;
  /** Absent if the parameter `DataBucketVersioning` requests no data bucket. */
  readonly dataBucket?: string;
  readonly alertTopicArn: string;
  /** A queue that is subscribed to the topic, so that the demo and tests can read the alerts. */
  readonly inboxQueueUrl: string;
  readonly bus: EventBus;
}

export interface DataPlaneInput {
  readonly s3: S3StandIn;
  readonly queues: QueuesStandIn;
  readonly account: string;
  readonly region: string;
  readonly parameters?: Readonly<Record<string, string>>;
  /** The path of another data-plane.yaml. */
  readonly template?: string | undefined;
}

const templatePath = new URL('../../deploy/ecs/data-plane.yaml', import.meta.url).pathname;
/** fauxqs checks no signature, but the SDK must sign. Real credentials must never be used for that. */
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };

/**
 * Deploys `deploy/ecs/data-plane.yaml` into the stand-ins: queues, rules, buckets, topics and subscriptions.
 * Keys, policies, alarms, parameters and the archive have no stand-in; they only get names.
 */
export async function deployDataPlane(input: DataPlaneInput): Promise<DataPlane> {
  const template = loadTemplate(input.template ?? templatePath);
  const prefix = input.parameters?.['Prefix'] ?? String(template.Parameters['Prefix']?.Default);
  const resolverKnowing = (resources: ReadonlyMap<string, PhysicalResource>) =>
    createResolver({
      template,
      parameters: input.parameters ?? {},
      pseudoParameters: {
        'AWS::Region': input.region,
        'AWS::AccountId': input.account,
        'AWS::Partition': 'aws',
      },
      resources,
    });
  const naming = { ...input, prefix, queueEndpoint: input.queues.endpoint };
  const names = nameResources(template, resolverKnowing(new Map()), naming);
  const resolver = resolverKnowing(names);
  const resources = present(template, resolver);
  const sqs = new SQSClient({ endpoint: input.queues.endpoint, region: input.region, credentials });
  const sns = new SNSClient({ endpoint: input.queues.endpoint, region: input.region, credentials });

  const queueUrls = new Map<string, string>();
  for (const { name, properties } of resources('AWS::SQS::Queue')) {
    const { ref, attributes } = physical(names, name);
    await sqs.send(
      new CreateQueueCommand({
        QueueName: attributes['QueueName'],
        Attributes: queueAttributes(properties),
      }),
    );
    queueUrls.set(attributes['Arn'] ?? '', ref);
  }
  for (const { name, properties } of resources('AWS::S3::Bucket')) {
    const { Status } = (properties['VersioningConfiguration'] ?? {}) as { Status?: string };
    const { Rule: rule } = (properties['ObjectLockConfiguration'] ?? {}) as ObjectLockConfiguration;
    const { Mode: mode, Days: days } = rule?.DefaultRetention ?? {};
    input.s3.store.createBucket(physical(names, name).ref, {
      versioning: Status === 'Enabled' ? 'enabled' : 'never',
      ...(mode && { objectLock: true, defaultRetention: { mode, days: Number(days) } }),
      owner: input.account,
      region: input.region,
    });
  }
  for (const { name } of resources('AWS::SNS::Topic')) {
    await sns.send(new CreateTopicCommand({ Name: physical(names, name).attributes['TopicName'] }));
  }
  const subscribe = (topic: string, protocol: string, endpoint: string, filter?: unknown) =>
    sns.send(
      new SubscribeCommand({
        TopicArn: topic,
        Protocol: protocol,
        Endpoint: endpoint,
        ...(filter !== undefined && { Attributes: { FilterPolicy: JSON.stringify(filter) } }),
      }),
    );
  for (const { properties } of resources('AWS::SNS::Subscription')) {
    const { TopicArn, Protocol, Endpoint, FilterPolicy } = properties as Record<string, string>;
    await subscribe(TopicArn ?? '', Protocol ?? '', Endpoint ?? '', FilterPolicy);
  }
  const rules = resources('AWS::Events::Rule').map(({ name, properties }): Rule => {
    const targets = properties['Targets'] as readonly { readonly Arn: string }[];
    return { name, pattern: properties['EventPattern'], targets: targets.map(({ Arn }) => Arn) };
  });

  const inbox = {
    name: `${prefix}-inbox`,
    arn: `arn:aws:sqs:${input.region}:${input.account}:${prefix}-inbox`,
  };
  const made = await sqs.send(new CreateQueueCommand({ QueueName: inbox.name }));
  const alertTopicArn = physical(names, 'AlertTopic').ref;
  await subscribe(alertTopicArn, 'sqs', inbox.arn);

  return {
    queueUrl: physical(names, 'FindingsQueue').ref,
    deadLetterQueueUrl: physical(names, 'DeadLetterQueue').ref,
    rulesDeadLetterQueueUrl: physical(names, 'RulesDeadLetterQueue').ref,
    isolationBucket: physical(names, 'IsolationBucket').ref,
    ...(resolver.condition('HasDataBucket') && { dataBucket: physical(names, 'DataBucket').ref }),
    alertTopicArn,
    inboxQueueUrl: made.QueueUrl ?? '',
    bus: createEventBus({
      account: input.account,
      region: input.region,
      rules,
      async deliver(target, body) {
        await sqs.send(new SendMessageCommand({ QueueUrl: queueUrls.get(target), MessageBody: body }));
      },
    }),
  };
}

interface ObjectLockConfiguration {
  readonly Rule?: { readonly DefaultRetention: { readonly Mode: Retention['mode']; readonly Days: number } };
}

type Properties = Readonly<Record<string, unknown>>;

/** Returns the resources of a type whose condition holds, with resolved properties. */
function present(template: Template, resolver: Resolver) {
  return (type: string): readonly { readonly name: string; readonly properties: Properties }[] =>
    Object.entries(template.Resources)
      .filter(([, { Type, Condition }]) => Type === type && (!Condition || resolver.condition(Condition)))
      .map(([name, { Properties }]) => ({ name, properties: resolver.value(Properties) as Properties }));
}

/** SQS expects every attribute as a string. */
function queueAttributes(properties: Properties): Record<string, string> {
  const attributes = Object.entries(properties).filter(([name]) => name !== 'QueueName');
  return Object.fromEntries(
    attributes.map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
}
