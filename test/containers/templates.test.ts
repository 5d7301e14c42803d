import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { Network, type StartedNetwork } from 'testcontainers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { localRegion } from '../../src/local/account.ts';
import { policiesOfRole } from '../support/authorize.ts';
import { deployed, externalId, organization, workerAccount } from '../support/deployed.ts';
import { templateFolder } from '../support/rendered-template.ts';
import { isolationBucket, type LocalStack, startLocalStack } from './support/local-stack.ts';
import { commandsOf } from './support/page-commands.ts';
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

// First, because LocalStack forgets outputs of a stack with its update.
describe('the commands that deploy/ecs/README.md shows for the way by hand', () => {
  /** The commands of a section that begin so, as they are typed for the data plane that is there. */
  const typed = (section: string, begin = ''): readonly string[] => {
    const commands = commandsOf('deploy/ecs/README.md', section).map(({ command }) => command);
    const found = commands.filter((command) => command.startsWith(begin));
    expect(found.length, `${section}: ${begin}`).toBeGreaterThan(0);
    return found.map((command) =>
      command.replaceAll('macie-isolator-data-plane', dataPlane).replaceAll('eu-central-1', localRegion),
    );
  };
  const functions = typed('By hand');
  const bucket = typed('4. Service, in dry run', 'bucket=');

  it('deploy a template with the outputs of the data plane', async () => {
    await stacks.typed([...functions, ...typed('Audit', 'deploy audit')]);

    const query = ['--query', 'Stacks[0].StackStatus', ...text] as const;
    const status = cli('cloudformation', 'describe-stacks', '--stack-name', 'macie-isolator-audit', ...query);
    expect(await status).toBe('CREATE_COMPLETE');
  });

  it('show an output, also one that is a sentence', async () => {
    const shown = await stacks.typed([...functions, ...bucket, 'echo "$bucket"']);
    expect(shown).toBe(isolationBucket);
    const sentence = await stacks.typed([...functions, `output ${dataPlane} ConfigurationIsProtected`]);
    expect(sentence).toMatch(/^no: every administrator can/);
  });

  it('name the custom identifiers of Macie, and nothing else, to a job', async () => {
    await stacks.typed([...functions, ...bucket, ...typed('5. Macie', 'deploy macie')]);

    const identifiers = typed('6. The first isolated object', 'identifiers=');
    // LocalStack passes over Macie's resources, and gives this in place of their ids.
    const ids = await stacks.typed([...functions, ...identifiers, 'echo "$identifiers"']);
    expect(ids).toBe('unknown unknown unknown');
  });
});

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

  // LocalStack has no Cidr, which network.yaml needs, and no attributes of what it passes over because it does not know the type,
  // which service.yaml and evidence.yaml need.
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
    for (const stack of ['member-role', 'macie-isolator-macie', 'macie-isolator-audit', dataPlane]) {
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
