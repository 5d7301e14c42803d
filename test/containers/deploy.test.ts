import { HeadBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { Network, type StartedNetwork } from 'testcontainers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOperatorClients, type OperatorClients } from '../../src/compose/operator/clients.ts';
import { type Deployment, openDeployment } from '../../src/compose/operator/deployment.ts';
import { answersSchema } from '../../src/core/deploy/answers.ts';
import { deployInstallation } from '../../src/core/deploy/deploy-installation.ts';
import { type TemplateName, wantedStacks } from '../../src/core/deploy/installation.ts';
import { planInstallation } from '../../src/core/deploy/plan-installation.ts';
import type { DeployedStack } from '../../src/core/deploy/stack/deploy-stack.ts';
import { standingStacks, undeploy } from '../../src/core/deploy/undeploy.ts';
import { localRegion } from '../../src/local/account.ts';
import { type LocalStack, startLocalStack } from './support/local-stack.ts';

/** LocalStack has no Cidr, which network.yaml needs, and no attributes of what service.yaml creates. */
const known: readonly TemplateName[] = ['data-plane', 'macie', 'audit'];
const prefix = 'trial';

let network: StartedNetwork;
let aws: LocalStack;
let clients: OperatorClients;
let deployment: Deployment;

beforeAll(async () => {
  process.env['AWS_ACCESS_KEY_ID'] = 'local';
  process.env['AWS_SECRET_ACCESS_KEY'] = 'local';
  network = await new Network().start();
  aws = await startLocalStack(network);
  const endpoint = `http://${aws.container.getHost()}:${aws.container.getMappedPort(4566)}`;
  clients = createOperatorClients({ AWS_REGION: localRegion, AWS_ENDPOINT_URL: endpoint });
  deployment = await openDeployment(clients, {});
});
afterAll(async () => {
  deployment?.close();
  clients?.close();
  await aws?.close();
  await network?.stop();
});

const report = { begins: nothing, event: nothing, ends: nothing, leaves: nothing, waitsForNames: nothing };
function nothing(): void {}
const ports = () => deployment.ports(report, new AbortController().signal);

function wanted(alertEmail: string) {
  const answers = answersSchema.parse({
    prefix,
    alertEmail,
    sourceBuckets: 'lake-raw',
    network: 'own',
    macie: 'enable',
    also: ['audit'],
  });
  const deployRoles = ['arn:aws:iam::000000000000:role/pipelines/deploy'];
  const image = `000000000000.dkr.ecr.us-east-1.amazonaws.com/macie-isolator@sha256:${'a'.repeat(64)}`;
  return wantedStacks({ answers, deployRoles, image }).filter(({ template }) => known.includes(template));
}

async function resultsOf(stacks: AsyncIterable<DeployedStack>): Promise<Record<string, string>> {
  const results: Record<string, string> = {};
  for await (const { result, wanted: of } of stacks) results[of.template] = result;
  return results;
}

async function stepsOf(alertEmail: string): Promise<Record<string, string>> {
  const steps: Record<string, string> = {};
  for await (const { step, wanted: of } of planInstallation(ports(), wanted(alertEmail), []))
    steps[of.template] = step;
  return steps;
}

const deploy = (alertEmail: string) => resultsOf(deployInstallation(ports(), wanted(alertEmail), []));
const all = (value: string) => Object.fromEntries(known.map((template) => [template, value]));

describe('deploy on LocalStack', () => {
  it('creates the stacks that LocalStack knows, after a plan that changes nothing', async () => {
    expect(await stepsOf('privacy@example.com')).toEqual(all('create'));
    expect(await standingStacks(ports(), prefix)).toEqual([]);

    expect(await deploy('privacy@example.com')).toEqual(all('created'));
  });

  it('finds nothing to do the second time', async () => {
    expect(await stepsOf('privacy@example.com')).toEqual(all('up-to-date'));
    expect(await deploy('privacy@example.com')).toEqual(all('up to date'));
  });

  it('updates only the stack whose answer changed', async () => {
    expect(await deploy('others@example.com')).toEqual({ ...all('up to date'), 'data-plane': 'updated' });
  });

  it('is taken down by undeploy, and the evidence stays', async () => {
    const standing = await standingStacks(ports(), prefix);
    const bucket = standing
      .flatMap(({ stays }) => stays)
      .find(({ resource }) => resource === 'IsolationBucket')?.physicalId;
    await aws.s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'records/one.json', Body: '{}' }));

    for await (const one of undeploy(ports(), standing, { discardsMessages: false })) {
      expect(one.stack.name).toContain(prefix);
    }

    expect(await standingStacks(ports(), prefix)).toEqual([]);
    expect((await aws.s3.send(new HeadBucketCommand({ Bucket: bucket }))).$metadata.httpStatusCode).toBe(200);
  });
});
