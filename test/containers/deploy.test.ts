import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { ListSubscriptionsByTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { Network, type StartedNetwork, Wait } from 'testcontainers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { localRegion } from '../../src/local/account.ts';
import { listKeys } from '../../src/local/demo/look.ts';
import type { CommandRun } from '../support/command-line.ts';
import { type Deployments, image, startDeployments } from '../support/deployments.ts';
import { eventually } from '../support/eventually.ts';
import { jsonLines } from '../support/json-lines.ts';
import { type BothClouds, startBothClouds } from './support/both-clouds.ts';
import { buildCommand, startCommand } from './support/built-command.ts';
import { type LocalStack, startLocalStack } from './support/local-stack.ts';
import { startWorkerContainer, type WorkerContainer } from './support/worker-container.ts';

/**
 * LocalStack passes over resources of types unknown to it, such as Macie's. It has no Cidr, which network.yaml needs, and no attributes
 * of what it passed over, which service.yaml and operations.yaml need: those stacks are the stand-in's.
 */
const onLocalStack = ['data-plane', 'macie', 'audit'];
const prefix = 'trial';
const stackOf = (template: string) => `${prefix}-${template}`;
const templates = ['data-plane', 'network', 'macie', 'service', 'operations', 'audit'];
const credentials = { AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' };
const answers = (
  `--prefix ${prefix} --alert-email privacy@example.com --trial-bucket versioned --network own --macie enable ` +
  `--also operations,audit --image ${image}`
).split(' ');
const secret = 'name,ssn\nJane Doe,536-48-2719\n';

let network: StartedNetwork;
let aws: LocalStack;
let world: Deployments;
let clouds: BothClouds;
let environment: Readonly<Record<string, string>>;
let clients: {
  readonly stacks: CloudFormationClient;
  readonly kms: KMSClient;
  readonly sns: SNSClient;
  readonly sqs: SQSClient;
};
let worker: WorkerContainer | undefined;

beforeAll(async () => {
  buildCommand();
  network = await new Network().start();
  aws = await startLocalStack(network);
  world = await startDeployments();
  const localStack = `http://${aws.container.getHost()}:${aws.container.getMappedPort(4566)}`;
  const isThere = (stack: string) => onLocalStack.some((template) => stack === stackOf(template));
  clouds = await startBothClouds({ localStack, standIn: world.cloudFormation.endpoint }, isThere);
  // Nothing of the stand-ins' own data plane: the commands find theirs by its stack.
  const standIns = Object.entries(world.environment).filter(([name]) => name.startsWith('AWS_'));
  environment = {
    ...Object.fromEntries(standIns),
    AWS_ENDPOINT_URL_CLOUDFORMATION: clouds.endpoint,
    AWS_ENDPOINT_URL_S3: localStack,
    AWS_ENDPOINT_URL_SQS: localStack,
    AWS_ENDPOINT_URL_SNS: localStack,
  };
  const place = {
    region: localRegion,
    endpoint: localStack,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  };
  clients = {
    stacks: new CloudFormationClient(place),
    kms: new KMSClient(place),
    sns: new SNSClient(place),
    sqs: new SQSClient({ ...place, useQueueUrlAsEndpoint: false }),
  };
});
afterAll(async () => {
  await worker?.close();
  for (const client of Object.values(clients ?? {})) client.destroy();
  await clouds?.close();
  await world?.close();
  await aws?.close();
  await network?.stop();
});

const start = (...argv: readonly string[]) => startCommand(argv, environment);
const run = (...argv: readonly string[]): Promise<CommandRun> => start(...argv).ended;
const deploy = (...more: readonly string[]) => run('deploy', ...answers, '--yes', '--jsonl', ...more);
const dataPlane = ['--stack', stackOf('data-plane')] as const;

/** What became of the stacks, by template. */
function resultsOf({ err, out }: CommandRun): Readonly<Record<string, string>> {
  const rows = jsonLines(out).map(({ result = '', stack = '' }) => [stack.slice(prefix.length + 1), result]);
  // A command that failed has no rows, and its sentence says why.
  return rows.length > 0 ? Object.fromEntries(rows) : { failed: err };
}
const each = (result: string) => Object.fromEntries(templates.map((template) => [template, result]));
const executions = () => clouds.calls.filter((call) => call.startsWith('ExecuteChangeSet ')).length;

async function dataPlaneNow() {
  const { Stacks: found = [] } = await clients.stacks.send(
    new DescribeStacksCommand({ StackName: stackOf('data-plane') }),
  );
  const outputs = (found[0]?.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [
    OutputKey,
    OutputValue,
  ]);
  return {
    status: found[0]?.StackStatus,
    outputs: Object.fromEntries(outputs) as Readonly<Record<string, string>>,
  };
}

/** Starts the image as the deployed task definition would run it, on LocalStack instead of ECS. */
async function runDeployedWorker(): Promise<void> {
  await worker?.close();
  const { rendered } = world.cloudFormation.stack(stackOf('service'))?.content ?? {};
  const task = rendered?.resources.find(({ id }) => id === 'TaskDefinition')?.properties as {
    readonly ContainerDefinitions: readonly {
      readonly Environment: readonly { readonly Name: string; readonly Value: string }[];
    }[];
  };
  const settings = task.ContainerDefinitions[0]?.Environment.map(({ Name, Value }) => [Name, Value]) ?? [];
  worker = await startWorkerContainer({
    network,
    environment: {
      ...(Object.fromEntries(settings) as Record<string, string>),
      ...credentials,
      AWS_ENDPOINT_URL: 'http://localstack:4566',
      // LocalStack has no conditional delete.
      UNCONDITIONAL_DELETE: 'when-unsupported',
      WAIT_TIME_SECONDS: '2',
    },
    waitStrategy: Wait.forHttp('/readyz', 8080),
  });
}

/** Asks for the isolation of the trial object, and resolves once a record with that outcome is listed. */
async function outcomeOfTrial(bucket: string, outcome: string): Promise<Readonly<Record<string, string>>> {
  const wanted = `isolate s3://${bucket}/trial.csv --reason trial --who ada --yes`;
  const asked = await run(...wanted.split(' '), ...dataPlane);
  expect(asked, asked.err).toMatchObject({ code: 0 });
  return eventually(async () => {
    const { out } = await run('list', '--outcome', outcome, '--jsonl', ...dataPlane);
    return jsonLines(out)[0];
  });
}

// Each test goes on where the one before it ended.
describe('an installation on LocalStack, with the stand-in for what LocalStack lacks', () => {
  it('is planned: nothing is made', async () => {
    const { code, err, out } = await run('deploy', ...answers, '--plan', '--jsonl');

    expect(code, err).toBe(3);
    expect(new Set(jsonLines(out).map(({ stack }) => stack))).toEqual(new Set(templates.map(stackOf)));
    expect(clouds.calls.filter((call) => call.startsWith('CreateChangeSet'))).toEqual([]);
    await expect(dataPlaneNow()).rejects.toThrow('does not exist');
  });

  it('goes on in AWS when the command is killed while LocalStack makes the data plane', async () => {
    const begun = clouds.carriedOut(`ExecuteChangeSet ${stackOf('data-plane')}`);
    const command = start('deploy', ...answers, '--yes');
    await Promise.race([begun, command.ended]);
    command.process.kill('SIGKILL');

    expect(await command.ended).toMatchObject({ signal: 'SIGKILL' });
    expect((await dataPlaneNow()).status).toBe('CREATE_IN_PROGRESS');
  });

  it('is continued, and at Ctrl-C the command says what goes on and how to continue', async () => {
    world.cloudFormation.hold(stackOf('service'), 3);
    const command = start('deploy', ...answers, '--yes');
    await eventually(() => command.errors().includes(`${stackOf('service')}: creating`));
    command.process.kill('SIGINT');

    const { code, err } = await command.ended;
    world.cloudFormation.release();
    expect(code).toBe(130);
    expect(err).toContain(
      `CloudFormation goes on: ${stackOf('service')} (creating). The same \`macie-isolator deploy\` command continues from here.`,
    );
  });

  it('is finished by the same command, which makes nothing twice', async () => {
    expect(resultsOf(await deploy())).toEqual({
      ...each('up to date'),
      operations: 'created',
      audit: 'created',
    });
    expect(executions()).toBe(templates.length);
  });

  it('is left alone by a repetition', async () => {
    expect(resultsOf(await deploy())).toEqual(each('up to date'));
    expect(executions()).toBe(templates.length);
  });

  it('shows in dry run that a trial object would be isolated', async () => {
    const bucket = (await dataPlaneNow()).outputs['DataBucketName'] ?? '';
    await aws.upload(bucket, 'trial.csv', secret);
    await runDeployedWorker();

    expect(await outcomeOfTrial(bucket, 'dry_run')).toMatchObject({ bucket, key: 'trial.csv' });
    expect(await aws.text(bucket, 'trial.csv')).toBe(secret);
  });

  it('is updated: the answer changes the service, and the parameter the data plane', async () => {
    const changed = ['--mode', 'enforce', '--parameter', 'data-plane.AlertPhone=+15555550100'];

    expect(resultsOf(await deploy(...changed))).toEqual({
      ...each('up to date'),
      'data-plane': 'updated',
      service: 'updated',
    });
    const { Subscriptions = [] } = await clients.sns.send(
      new ListSubscriptionsByTopicCommand({ TopicArn: (await dataPlaneNow()).outputs['AlertTopicArn'] }),
    );
    expect(new Set(Subscriptions.map(({ Endpoint }) => Endpoint))).toEqual(
      new Set(['privacy@example.com', '+15555550100']),
    );
  });

  it('isolates the trial object after that', async () => {
    const { DataBucketName = '', IsolationBucketName = '' } = (await dataPlaneNow()).outputs;
    await runDeployedWorker();

    const record = await outcomeOfTrial(DataBucketName, 'isolated');

    expect(record).toMatchObject({ bucket: DataBucketName, key: 'trial.csv' });
    expect(await aws.versions(DataBucketName, 'trial.csv')).toEqual([]);
    const [copy = ''] = await listKeys(aws.s3, IsolationBucketName, 'objects/');
    expect(await aws.text(IsolationBucketName, copy)).toBe(secret);
  });

  it('is taken down, and copy, records and key are still there', async () => {
    const { IsolationBucketName = '', IsolationKeyArn } = (await dataPlaneNow()).outputs;
    const evidence = await listKeys(aws.s3, IsolationBucketName);
    expect(evidence.filter((key) => key.startsWith('records/')).length).toBeGreaterThanOrEqual(2);
    await worker?.close();
    worker = undefined;

    const { code, err, out } = await run('undeploy', '--prefix', prefix, '--yes', '--jsonl');

    expect(code, err).toBe(0);
    const gone = jsonLines(out).filter(({ result }) => result === 'deleted');
    expect(gone.map(({ stack }) => stack)).toEqual(templates.map(stackOf).toReversed());
    await expect(dataPlaneNow()).rejects.toThrow('does not exist');
    expect(world.cloudFormation.stack(stackOf('service'))?.status).toBe('DELETE_COMPLETE');
    const { QueueUrls = [] } = await clients.sqs.send(new ListQueuesCommand({ QueueNamePrefix: prefix }));
    expect(QueueUrls).toEqual([]);

    expect(await listKeys(aws.s3, IsolationBucketName)).toEqual(evidence);
    const copy = evidence.find((key) => key.startsWith('objects/')) ?? '';
    expect(await aws.text(IsolationBucketName, copy)).toBe(secret);
    const { KeyMetadata } = await clients.kms.send(new DescribeKeyCommand({ KeyId: IsolationKeyArn }));
    expect(KeyMetadata?.KeyState).toBe('Enabled');
  });
});
