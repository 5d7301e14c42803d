import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationClient, CreateChangeSetCommand } from '@aws-sdk/client-cloudformation';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  callerRole,
  type Deployments,
  firstAnswers,
  image,
  parametersOf,
  stackOf,
  startDeployments,
} from '../support/deployments.ts';

let world: Deployments;
beforeEach(async () => {
  world = await startDeployments();
});
afterEach(() => world.close());

type Row = Readonly<Record<string, string>>;
const rowsOf = (out: string) =>
  out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row);
const templates = ['data-plane', 'network', 'macie', 'service', 'operations'];
const calls = (operation: string) => world.cloudFormation.calls.filter((call) => call === operation).length;
const outputOf = (template: string, name: string) =>
  world.cloudFormation.stack(stackOf(template))?.content?.rendered.outputs[name];

describe('macie-isolator deploy', () => {
  it('deploys all stacks in order, each with the outputs of those before it', async () => {
    const { code, err, out } = await world.deploy('--jsonl');

    expect(code).toBe(0);
    expect(rowsOf(out)).toEqual(
      templates.map((template) => ({ stack: stackOf(template), result: 'created' })),
    );
    const service = parametersOf(world.cloudFormation, 'service');
    expect(service).toMatchObject({
      Prefix: 'macie-isolator',
      Mode: 'dry-run',
      ImageUri: image,
      SourceBucketNames: 'lake-raw,lake-landing',
      QueueUrl: outputOf('data-plane', 'QueueUrl'),
      SubnetIds: outputOf('network', 'SubnetIds'),
    });
    expect(parametersOf(world.cloudFormation, 'operations')).toMatchObject({
      ClusterName: outputOf('service', 'ClusterName'),
      SubnetIds: outputOf('network', 'SubnetIds'),
    });
    expect(parametersOf(world.cloudFormation, 'macie')).toMatchObject({ EnableMacie: 'yes' });
    expect(err).toContain('macie-isolator-data-plane: CREATE_COMPLETE FindingsQueue (AWS::SQS::Queue)');
  });

  it('names its caller’s role in DeployRoleArns, with the path that only IAM knows', async () => {
    await world.deploy();

    expect(parametersOf(world.cloudFormation, 'data-plane')['DeployRoleArns']).toBe(callerRole);
  });

  it('says what is next: mails, a trial object, and when to enforce', async () => {
    const { err } = await world.deploy();

    expect(err).toContain('Confirm the subscriptions that were mailed to privacy@example.com');
    expect(err).toContain('macie-isolator isolate s3://lake-raw/trial.csv');
    expect(err).toContain('macie-isolator deploy with --mode enforce');
  });

  it('finds nothing to do the second time, and leaves no change set', async () => {
    await world.deploy();
    const executed = calls('ExecuteChangeSet');

    const { code, err, out } = await world.deploy('--jsonl');

    expect(code).toBe(0);
    expect(rowsOf(out).map(({ result }) => result)).toEqual(templates.map(() => 'up to date'));
    expect(err).toContain('Everything is up to date.');
    expect(calls('ExecuteChangeSet')).toBe(executed);
    expect(world.cloudFormation.changeSets).toEqual([]);
  });

  it('saves the answers, with which it asks nothing', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'deploy-'));
    const file = join(folder, 'answers.yaml');
    try {
      const saved = await world.run(['deploy', ...firstAnswers, '--plan', '--write-answers', file]);
      const read = await world.run(['deploy', '--file', file, '--plan']);

      expect(saved.code).toBe(3);
      expect(read).toMatchObject({ code: 3, out: saved.out });
      const again = await world.run(['deploy', ...firstAnswers, '--plan', '--write-answers', file]);
      expect(again).toMatchObject({ code: 2, err: expect.stringContaining('no file is overwritten') });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('asks before it changes anything', async () => {
    const no = await world.run(['deploy', ...firstAnswers], { answers: 'n\n' });

    expect(no).toMatchObject({ code: 1, err: expect.stringContaining('Deploy these 5 stacks? [y/N]') });
    expect(calls('CreateChangeSet')).toBe(0);
    const nobody = await world.run(['deploy', ...firstAnswers]);
    expect(nobody).toMatchObject({ code: 2, err: expect.stringContaining('or --plan to look') });
  });
});

describe('macie-isolator deploy --plan', () => {
  it('lists all resources of new stacks, changes nothing, and ends with 3', async () => {
    const { code, out } = await world.run(['deploy', ...firstAnswers, '--plan', '--jsonl']);

    expect(code).toBe(3);
    const rows = rowsOf(out);
    expect(new Set(rows.map(({ stack }) => stack))).toEqual(new Set(templates.map(stackOf)));
    expect(rows).toContainEqual({
      stack: stackOf('data-plane'),
      step: 'create',
      action: 'add',
      resource: 'FindingsQueue',
      type: 'AWS::SQS::Queue',
    });
    // Nobody named a bucket for trials, and the daily comparison rests on an output of a stack that is not there yet.
    expect(rows.map(({ resource }) => resource)).not.toContain('DataBucket');
    expect(rows.map(({ resource }) => resource)).toContain('ReconciliationSchedule');
    expect(calls('CreateChangeSet')).toBe(0);
  });

  it('shows what an update changes, deletes its change sets, and ends with 0 where nothing changes', async () => {
    await world.deploy();

    const changed = await world.run(['deploy', '--mode', 'enforce', '--plan', '--jsonl']);
    const same = await world.run(['deploy', '--plan', '--jsonl', '--fields', 'step']);

    expect(changed.code).toBe(3);
    expect(rowsOf(changed.out).filter(({ step }) => step === 'update')).toEqual([
      {
        stack: stackOf('service'),
        step: 'update',
        action: 'replace',
        resource: 'TaskDefinition',
        type: 'AWS::ECS::TaskDefinition',
      },
    ]);
    expect(same.code).toBe(0);
    expect(parametersOf(world.cloudFormation, 'service')['Mode']).toBe('dry-run');
    expect(world.cloudFormation.changeSets).toEqual([]);
  });
});

describe('an update by macie-isolator deploy', () => {
  beforeEach(async () => {
    await world.deploy('--trial-bucket', 'versioned', '--investigators', callerRole);
  });

  it('changes what is answered anew, and keeps every other answer', async () => {
    const before = parametersOf(world.cloudFormation, 'data-plane');

    const { code, err } = await world.run(['deploy', '--mode', 'enforce', '--yes']);

    expect(code).toBe(0);
    expect(err).toContain('macie-isolator-service is updated');
    expect(err).toContain('! TaskDefinition (AWS::ECS::TaskDefinition), replaced');
    expect(parametersOf(world.cloudFormation, 'service')).toMatchObject({
      Mode: 'enforce',
      SourceBucketNames: `lake-raw,lake-landing,${outputOf('data-plane', 'DataBucketName')}`,
    });
    expect(parametersOf(world.cloudFormation, 'data-plane')).toEqual(before);
  });

  it('refuses to take away or replace what holds data, before anything is changed, until its name allows it', async () => {
    const executed = calls('ExecuteChangeSet');
    const taken = ['deploy', '--trial-bucket', 'none', '--mode', 'enforce', '--yes'];

    const refused = await world.run(taken);

    expect(refused.code).toBe(1);
    expect(refused.err).toContain(
      'The update of macie-isolator-data-plane removes DataBucket (S3 Bucket): what is in it is lost or left behind. If that is meant, add --allow-replacement DataBucket.',
    );
    expect(calls('ExecuteChangeSet')).toBe(executed);
    const named = ['--parameter', 'data-plane.IsolationBucketName=other-name'];
    expect((await world.run(['deploy', ...named, '--yes'])).err).toContain('replaces IsolationBucket');
    expect(await world.run([...taken, '--allow-replacement', 'DataBucket'])).toMatchObject({ code: 0 });
  });

  it('names what failed, and goes on with the next deployment', async () => {
    world.cloudFormation.fail({
      stack: stackOf('service'),
      resource: 'TaskDefinition',
      during: 'update',
      reason: 'Container image is\u001b[2J unknown',
    });

    const failed = await world.run(['deploy', '--mode', 'enforce', '--yes']);
    const again = await world.run(['deploy', '--mode', 'enforce', '--yes']);

    expect(failed.code).toBe(1);
    expect(failed.err).toContain(
      'macie-isolator-service ended as UPDATE_ROLLBACK_COMPLETE: TaskDefinition (UPDATE_FAILED): Container image is\\u001b[2J unknown.',
    );
    expect(again.code).toBe(0);
  });

  it('refuses a stack whose rollback failed, with the command that mends it', async () => {
    for (const during of ['update', 'rollback'] as const) {
      world.cloudFormation.fail({
        stack: stackOf('service'),
        resource: 'TaskDefinition',
        during,
        reason: 'no',
      });
    }
    await world.run(['deploy', '--mode', 'enforce', '--yes']);

    const { code, err } = await world.run(['deploy', '--mode', 'enforce', '--yes']);

    expect(code).toBe(1);
    expect(err).toContain(
      'The stack macie-isolator-service is UPDATE_ROLLBACK_FAILED. Its events say why. Mend that, run `aws cloudformation continue-update-rollback --stack-name macie-isolator-service`',
    );
  });
});

describe('what stands in the way of a new stack', () => {
  it('is deleted if it is a stack whose change set was never carried out', async () => {
    const client = new CloudFormationClient({
      region: 'us-east-1',
      endpoint: world.cloudFormation.endpoint,
    });
    const TemplateBody = 'Resources: { Topic: { Type: AWS::SNS::Topic } }';
    await client.send(
      new CreateChangeSetCommand({
        StackName: stackOf('network'),
        ChangeSetName: 'macie-isolator-deploy',
        ChangeSetType: 'CREATE',
        TemplateBody,
      }),
    );
    client.destroy();

    const { code, out } = await world.deploy('--jsonl');

    expect(code).toBe(0);
    expect(rowsOf(out)).toContainEqual({ stack: stackOf('network'), result: 'created anew' });
  });

  it('is deleted if it is what a failed creation left', async () => {
    world.cloudFormation.fail({
      stack: stackOf('network'),
      resource: 'Vpc',
      during: 'create',
      reason: 'The maximum number of VPCs has been reached.',
    });

    const failed = await world.deploy();
    const again = await world.deploy('--jsonl');

    expect(failed.code).toBe(1);
    expect(failed.err).toContain(
      'macie-isolator-network ended as ROLLBACK_COMPLETE: Vpc (CREATE_FAILED): The maximum number of VPCs has been reached.',
    );
    expect(again.code).toBe(0);
    expect(again.err).toContain('is deleted and created anew, because its creation had failed');
    expect(rowsOf(again.out).map(({ result }) => result)).toEqual([
      'up to date',
      'created anew',
      'created',
      'created',
      'created',
    ]);
  });

  it('is refused if it is a bucket that stayed, with the sentence that says why', async () => {
    world.aws.s3.store.createBucket('evidence-of-2025', { owner: '000000000000', region: 'us-east-1' });

    const { code, err } = await world.deploy(
      '--parameter',
      'data-plane.IsolationBucketName=evidence-of-2025',
    );

    expect(code).toBe(1);
    expect(err).toContain('The bucket evidence-of-2025 exists already');
    expect(err).toContain('so that no evidence is lost. Leave IsolationBucketName out');
    expect(calls('CreateChangeSet')).toBe(0);
  });
});

describe('a caller whose role IAM does not show', () => {
  it('has to name the role, and no ARN is guessed', async () => {
    await world.close();
    world = await startDeployments({ denied: ['worker'] });

    const refused = await world.deploy();

    expect(refused.code).toBe(1);
    expect(refused.err).toContain('IAM does not show the role worker (iam:GetRole)');
    expect(calls('CreateChangeSet')).toBe(0);
    expect(await world.deploy('--deploy-roles', callerRole)).toMatchObject({ code: 0 });
    expect(parametersOf(world.cloudFormation, 'data-plane')['DeployRoleArns']).toBe(callerRole);
  });
});
