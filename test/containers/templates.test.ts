import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { Network, type StartedNetwork } from 'testcontainers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { policiesOfRole } from '../support/authorize.ts';
import { deployed, externalId, organization, workerAccount } from '../support/deployed.ts';
import { templateFolder } from '../support/rendered-template.ts';
import { isolationBucket, type LocalStack, startLocalStack } from './support/local-stack.ts';
import { createStacks, type Stacks, text, type Values } from './support/stacks.ts';

/** That of the script that docker-compose.yml runs too. */
const dataPlane = 'macie-isolator';
const evidence = { Bucket: isolationBucket, Key: 'records/dt=2026-01-01/abc.isolated.json' };

let network: StartedNetwork;
let aws: LocalStack;
let stacks: Stacks;
const cli: Stacks['cli'] = (...words) => stacks.cli(...words);

beforeAll(async () => {
  network = await new Network().start();
  aws = await startLocalStack(network);
  stacks = await createStacks(aws.container, templateFolder);
  await aws.s3.send(new PutObjectCommand({ ...evidence, Body: '{"outcome":"isolated"}' }));
});
afterAll(async () => {
  await aws?.close();
  await network?.stop();
});

const policyOfIsolationBucket = () =>
  cli('s3api', 'get-bucket-policy', '--bucket', isolationBucket, '--query', 'Policy', ...text);

describe('the data plane', () => {
  it('is updated with other parameters, and keeps what is in its bucket', async () => {
    expect(await policyOfIsolationBucket()).not.toContain('"MemberRolesCopy"');

    const status = await stacks.carryOut('update-stack', dataPlane, 'data-plane.yaml', {
      IsolationBucketName: isolationBucket,
      DataBucketVersioning: 'versioned',
      OrganizationId: organization,
      InvestigatorArns: `arn:aws:iam::${workerAccount}:root`,
      AlarmEmail: 'on-call@example.com',
    });

    expect(status).toBe('UPDATE_COMPLETE');
    const policy = await policyOfIsolationBucket();
    expect(policy).toContain('"MemberRolesCopy"');
    expect(policy).toContain('objects/${aws:PrincipalAccount}/*');
    expect(await cli('iam', 'get-role', '--role-name', 'macie-isolator-investigator-us-east-1')).toContain(
      'macie-isolator-investigator',
    );
    expect((await aws.s3.send(new GetObjectCommand(evidence))).ETag).toBeDefined();
  });
});

describe('the other templates', () => {
  const { memberRole, service } = deployed();
  const common = { IsolationBucketName: isolationBucket };

  // LocalStack passes over resources of types unknown to it, such as Macie's. It has no Cidr, which network.yaml
  // needs, and no attributes of what it passed over, which service.yaml and evidence.yaml need.
  it.each<[string, Values]>([
    [
      'member-role',
      {
        ...common,
        WorkerRoleArn: service.outputs['WorkerRoleArn'] ?? '',
        WorkerAccountId: workerAccount,
        OrganizationId: organization,
        MemberRoleExternalId: externalId,
        IsolationKeyArn: 'arn:aws:kms:us-east-1:000000000000:key/isolation',
        SourceBucketNames: 'lake-raw,lake-shared-*',
        SourceBucketNames2: 'lake-more',
        MayFence: 'yes',
      },
    ],
    ['macie', common],
    [
      'audit',
      {
        ...common,
        FindingsRuleName: 'macie-isolator-FindingsRule',
        IsolationKeyArn: 'arn:aws:kms:us-east-1:000000000000:key/isolation',
        AlertTopicArn: 'arn:aws:sns:us-east-1:000000000000:macie-isolator-alerts',
        AlarmTopicArn: 'arn:aws:sns:us-east-1:000000000000:macie-isolator-alarms',
        DeployRoleArns: `arn:aws:iam::${workerAccount}:role/pipelines/deploy`,
      },
    ],
  ])('%s.yaml is deployed', async (name, values) => {
    expect(await stacks.carryOut('create-stack', name, `${name}.yaml`, values)).toBe('CREATE_COMPLETE');
  });

  it('the member role has the policies that were evaluated', async () => {
    const query = ['--query', 'PolicyDocument.Statement[].Sid', ...text] as const;
    const of = ['--role-name', 'macie-isolator-member', '--policy-name', 'isolate-objects'] as const;
    const inline = await cli('iam', 'get-role-policy', ...of, ...query);
    const arns = await cli(
      'iam',
      'list-attached-role-policies',
      '--role-name',
      'macie-isolator-member',
      '--query',
      'AttachedPolicies[].PolicyArn',
      ...text,
    );
    const version = ['--query', 'PolicyVersion.Document.Statement[].Sid', ...text] as const;
    const managed = await Promise.all(
      arns
        .split(/\s+/)
        .map((arn) =>
          cli('iam', 'get-policy-version', '--policy-arn', arn, '--version-id', 'v1', ...version),
        ),
    );

    const policies = policiesOfRole(memberRole, 'MemberRole');
    expect(new Set([inline, ...managed].flatMap((sids) => sids.split(/\s+/)))).toEqual(
      new Set(policies.flatMap(({ Statement }) => Statement.map(({ Sid }) => Sid))),
    );
    expect(managed).toHaveLength(policies.length - 1);
  });
});

describe('after all stacks are deleted', () => {
  it('the evidence and its key are still there', async () => {
    const key = await cli(
      'ssm',
      'get-parameter',
      '--name',
      '/macie-isolator/ISOLATION_KMS_KEY_ID',
      '--query',
      'Parameter.Value',
      ...text,
    );
    for (const stack of ['member-role', 'macie', 'audit', dataPlane]) {
      expect(await stacks.remove(stack), stack).toBe('DELETE_COMPLETE');
    }

    const answer = await aws.s3.send(new GetObjectCommand(evidence));
    expect(await answer.Body?.transformToString()).toBe('{"outcome":"isolated"}');
    const state = ['--query', 'KeyMetadata.KeyState', ...text] as const;
    expect(await cli('kms', 'describe-key', '--key-id', key, ...state)).toBe('Enabled');
    expect(await policyOfIsolationBucket()).toContain('EvidenceStays');
    await expect(cli('sqs', 'get-queue-url', '--queue-name', 'macie-isolator-findings')).rejects.toThrow();
  });
});
