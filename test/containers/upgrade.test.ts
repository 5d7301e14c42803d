import { Network, type StartedNetwork } from 'testcontainers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deployed, externalId, organization, workerAccount } from '../support/deployed.ts';
import { formerTemplateFolder, templateFolder } from '../support/rendered-template.ts';
import { findingAbout } from '../support/uploaded.ts';
import {
  isolationBucket,
  type LocalStack,
  startLocalStack,
  workerEnvironment,
} from './support/local-stack.ts';
import { createStacks, type Stacks, text } from './support/stacks.ts';
import { startWorkerContainer, type WorkerContainer } from './support/worker-container.ts';

/** Of the script that docker-compose.yml runs too. */
const dataPlane = 'macie-isolator';
const secret = 'name,ssn\nJane Doe,536-48-2719\n';

let network: StartedNetwork;
let aws: LocalStack;
let worker: WorkerContainer;
let former: Stacks;
let present: Stacks;

beforeAll(async () => {
  network = await new Network().start();
  aws = await startLocalStack(network, formerTemplateFolder);
  former = await createStacks(aws.container, formerTemplateFolder);
  present = await createStacks(aws.container, templateFolder);
  worker = await startWorkerContainer({ network, environment: workerEnvironment });
});
afterAll(async () => {
  await worker?.close();
  await aws?.close();
  await network?.stop();
});

/** Puts a finding about a new object on the bus, and resolves once it is isolated. */
async function isolates(): Promise<string> {
  const bucket = await aws.bucket('Enabled');
  const finding = findingAbout(await aws.upload(bucket, 'hr/pay.csv', secret));
  await aws.put(finding);
  const record = await aws.recorded(finding.id, 'isolated');

  expect(await aws.text(isolationBucket, record.isolation_key ?? '')).toBe(secret);
  return record.isolation_key ?? '';
}

const rules = () => present.cli('events', 'list-rules', '--query', 'Rules[].Name', ...text);

const { service } = deployed();
const memberRole = {
  IsolationBucketName: isolationBucket,
  WorkerRoleArn: service.outputs['WorkerRoleArn'] ?? '',
  WorkerAccountId: workerAccount,
  OrganizationId: organization,
  MemberRoleExternalId: externalId,
  IsolationKeyArn: 'arn:aws:kms:us-east-1:000000000000:key/isolation',
  SourceBucketNames: 'lake-raw',
};
const macie = { IsolationBucketName: isolationBucket };

// LocalStack enforces no policy; what they allow to either version is in test/policies/upgrade.test.ts. It cannot
// deploy network.yaml and service.yaml.
describe('from the templates of 0.1.0', () => {
  it('before the first step, the new worker isolates on the old data plane', async () => {
    await isolates();
    expect(await rules()).toContain('ProbeRule');
  });

  it('the data plane is updated first, and keeps queue, bucket, key and evidence', async () => {
    const copy = await isolates();
    const parameters = ['QUEUE_URL', 'ISOLATION_BUCKET', 'ISOLATION_KMS_KEY_ID', 'ALERT_TOPIC_ARN'];
    const values = () =>
      Promise.all(
        parameters.map((name) =>
          present.cli(
            'ssm',
            'get-parameter',
            '--name',
            `/macie-isolator/${name}`,
            '--query',
            'Parameter.Value',
            ...text,
          ),
        ),
      );
    const before = await values();

    const status = await present.carryOut('update-stack', dataPlane, 'data-plane.yaml', {
      IsolationBucketName: isolationBucket,
      DataBucketVersioning: 'versioned',
      DeployRoleArns: `arn:aws:iam::${workerAccount}:role/pipelines/deploy`,
    });

    expect(status).toBe('UPDATE_COMPLETE');
    expect(await values()).toEqual(before);
    expect(await aws.text(isolationBucket, copy)).toBe(secret);
    expect(await rules()).not.toContain('ProbeRule');
    const policy = await present.cli('s3api', 'get-bucket-policy', '--bucket', isolationBucket, ...text);
    expect(policy).toContain('EvidenceIsNotTamperedWith');
  });

  // LocalStack says that it updated a rule and keeps its pattern, so that samples come through only where the template is
  // deployed anew (isolation.test.ts).
  it('then the worker isolates on the new one', async () => {
    await isolates();
  });

  it.each([
    ['member-role', memberRole],
    ['macie', macie],
  ])('%s.yaml is updated', async (name, values) => {
    expect(await former.carryOut('create-stack', name, `${name}.yaml`, values)).toBe('CREATE_COMPLETE');
    expect(await present.carryOut('update-stack', name, `${name}.yaml`, values)).toBe('UPDATE_COMPLETE');
    expect(await present.remove(name)).toBe('DELETE_COMPLETE');
  });
});
