import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { localAccount, localRegion } from '../../../src/local/account.ts';
import { renderTemplate } from '../rendered-template.ts';
import { startWorld, type World } from '../world.ts';
import { type AccountServices, type AccountState, startAccountServices } from './account-services.ts';
import { runningService } from './running-service.ts';

/** A whole installation with a running worker: the stand-ins, and what only the templates set. */
export interface Installation {
  readonly world: World;
  readonly state: AccountState;
  /** The environment of a command, and its flags for the stacks. */
  readonly env: Readonly<Record<string, string>>;
  readonly stackFlags: readonly string[];
  setQueueAttributes(url: string, attributes: Readonly<Record<string, string>>): Promise<void>;
  /** Makes a topic to which nobody is subscribed, and returns its ARN. */
  createTopic(name: string): Promise<string>;
  close(): Promise<void>;
}

const parameters = {
  IsolationBucketName: 'isolation',
  OperatorArns: `arn:aws:iam::${localAccount}:role/on-call`,
  DeployRoleArns: `arn:aws:iam::${localAccount}:role/deploy`,
  BreakGlassRoleArns: `arn:aws:iam::${localAccount}:role/break-glass`,
};

export async function startInstallation(): Promise<Installation> {
  const world = await startWorld();
  const { aws } = world;
  const { dataPlane } = aws;
  const plane = renderTemplate('data-plane.yaml', localAccount, localRegion, parameters);
  const propertiesOf = (logicalId: string) =>
    plane.resources.find((each) => each.logicalId === logicalId)?.properties ?? {};
  const keyArn = plane.arn('IsolationKey');

  const bucket = aws.s3.store.bucket(dataPlane.isolationBucket);
  bucket.policy = JSON.stringify(propertiesOf('IsolationBucketPolicy')['PolicyDocument']);
  bucket.defaultKey = keyArn;
  bucket.blocksPublicAccess = true;
  aws.macie.account.discovery.isEnabled = true;
  aws.macie.account.discovery.excludedBuckets.push(dataPlane.isolationBucket);

  const sqs = new SQSClient({ endpoint: aws.queues.endpoint, region: localRegion });
  const setQueueAttributes = async (QueueUrl: string, Attributes: Readonly<Record<string, string>>) => {
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
  };
  await setQueueAttributes(dataPlane.queueUrl, {
    Policy: JSON.stringify(propertiesOf('FindingsQueuePolicy')['PolicyDocument']),
  });
  const alarmTopic = dataPlane.alertTopicArn.replace(/alerts$/, 'alarms');
  const sns = new SNSClient({ endpoint: aws.queues.endpoint, region: localRegion });
  await sns.send(
    new SubscribeCommand({ TopicArn: alarmTopic, Protocol: 'sqs', Endpoint: plane.outputs['QueueArn'] }),
  );

  const rule = propertiesOf('FindingsRule');
  const state: AccountState = {
    key: {
      arn: keyArn,
      state: 'Enabled',
      rotates: true,
      policy: JSON.stringify(propertiesOf('IsolationKey')['KeyPolicy']),
    },
    trails: [
      {
        name: 'macie-isolator-audit',
        isLogging: true,
        selectors: [{ FieldSelectors: [{ Field: 'eventCategory', Equals: ['Management'] }] }],
      },
    ],
    rules: [
      {
        name: plane.outputs['FindingsRuleName'] ?? '',
        isEnabled: true,
        pattern: rule['EventPattern'],
        targets: rule['Targets'] as AccountState['rules'][number]['targets'],
      },
    ],
    stacks: new Map([
      ['plane', { ...plane.outputs, QueueUrl: dataPlane.queueUrl, AlarmTopicArn: alarmTopic }],
      [
        'service',
        {
          Version: plane.outputs['Version'] ?? '',
          WorkerRoleArn: `arn:aws:iam::${localAccount}:role/macie-isolator-worker-${localRegion}`,
          ClusterName: 'macie-isolator',
          ServiceName: 'macie-isolator-worker',
        },
      ],
    ]),
    running: runningService(plane.outputs['Version'] ?? ''),
    notAllowed: new Set(),
    denied: new Set(),
  };
  const services: AccountServices = await startAccountServices(state);
  return {
    world,
    state,
    env: {
      ...aws.workerEnvironment,
      AWS_ENDPOINT_URL: services.endpoint,
      AWS_ENDPOINT_URL_EVENTBRIDGE: services.endpoint,
    },
    stackFlags: ['--stack', 'plane', '--service-stack', 'service'],
    setQueueAttributes,
    async createTopic(Name) {
      return (await sns.send(new CreateTopicCommand({ Name }))).TopicArn ?? '';
    },
    async close() {
      sqs.destroy();
      sns.destroy();
      await world.close();
      await services.close();
    },
  };
}
