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
import { jsonLines } from '../support/json-lines.ts';

let world: Deployments;
beforeEach(async () => {
  world = await startDeployments();
});
afterEach(() => world.close());

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
      SourceBucketNames: `lake-raw,lake-landing,${world.outputOf('data-plane', 'DataBucketName')}`,
    });
    expect(parametersOf(world.cloudFormation, 'data-plane')).toEqual(before);
  });

  it('refuses to take away or replace what holds data, before anything is changed, until its name allows it', async () => {
    const executed = world.calls('ExecuteChangeSet');
    const taken = ['deploy', '--trial-bucket', 'none', '--mode', 'enforce', '--yes'];

    const refused = await world.run(taken);

    expect(refused.code).toBe(1);
    expect(refused.err).toContain(
      'The update of macie-isolator-data-plane removes DataBucket (S3 Bucket): what is in it is lost or left behind. If that is meant, add --allow-replacement DataBucket.',
    );
    expect(world.calls('ExecuteChangeSet')).toBe(executed);
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
    expect(jsonLines(out)).toContainEqual({ stack: stackOf('network'), result: 'created anew' });
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
    expect(jsonLines(again.out).map(({ result }) => result)).toEqual([
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
    expect(world.calls('CreateChangeSet')).toBe(0);
  });
});

describe('what a failed creation leaves', () => {
  const idOf = (template: string, resource: string) =>
    world.cloudFormation.stack(stackOf(template))?.skipped?.find(({ id }) => id === resource)?.physicalId ??
    '';

  it('of the data plane, its empty bucket and key, is named with the commands that take it away', async () => {
    world.cloudFormation.fail({
      stack: stackOf('data-plane'),
      resource: 'OldestFindingAlarm',
      during: 'create',
      reason: 'The maximum number of alarms has been reached.',
    });

    const failed = await world.deploy();
    const [bucket, key] = ['IsolationBucket', 'IsolationKey'].map((resource) => idOf('data-plane', resource));
    const lines = [
      `${bucket} (AWS::S3::Bucket). To take it away: aws s3api delete-bucket --bucket ${bucket}`,
      `${key} (AWS::KMS::Key). To take it away: aws kms schedule-key-deletion --key-id ${key}`,
    ].map(
      (text) =>
        `Left by the failed creation of ${stackOf('data-plane')}, and not used by the next one: ${text}\n`,
    );
    const plan = await world.run(['deploy', ...firstAnswers, '--plan']);
    const asked = await world.run(['deploy', ...firstAnswers], { answers: 'n\n' });

    expect(failed.code).toBe(1);
    expect(bucket).not.toBe('');
    for (const line of lines) {
      expect(failed.err).toContain(line);
      // The stack is deleted before it is created anew, and then nobody knows the names any more.
      expect(plan.err).toContain(line);
      expect(asked.err).toContain(line);
    }
    expect(failed.err).not.toMatch(/Left by .*BucketPolicy/);
    expect(asked.err).toContain('Nothing was changed.');
  });

  it('of Macie is named with the answer that keeps it', async () => {
    world.cloudFormation.fail({
      stack: stackOf('macie'),
      resource: 'PatientId',
      during: 'create',
      reason: 'no',
    });

    expect((await world.deploy()).err).toContain('disable-macie; to keep it, answer --macie enabled');
  });
});

describe('a stack that no answer asks for any more', () => {
  const rest = (name: string) =>
    `${stackOf(name)} stays, although no answer asks for it any more. When the deployment is done, and nothing else uses it, take it away: aws cloudformation delete-stack --stack-name ${stackOf(name)}\n`;

  it('is named by plan and deployment, and left alone: a network of its own, after own subnets', async () => {
    world.services.subnets.set('subnet-0a1b2c3d', 'us-east-1a').set('subnet-1a1b2c3d', 'us-east-1b');
    await world.deploy();
    const now = ['--network', 'subnet-0a1b2c3d,subnet-1a1b2c3d,sg-0a1b2c3d', '--image', image];

    const plan = await world.run(['deploy', ...now, '--plan', '--jsonl', '--fields', 'stack,step']);
    const done = await world.run(['deploy', ...now, '--yes']);

    expect(plan.code).toBe(3);
    expect(jsonLines(plan.out)).toContainEqual({ stack: stackOf('network'), step: 'left-out' });
    expect(plan.err).toContain(rest('network'));
    expect(done.code).toBe(0);
    expect(done.err).toContain(rest('network'));
    expect(world.cloudFormation.stack(stackOf('network'))?.status).toBe('CREATE_COMPLETE');
    // The next deployment does not go back to the network that is still there.
    expect(await world.run(['deploy', '--image', image, '--plan'])).toMatchObject({
      code: 0,
      err: expect.stringContaining(rest('network')),
    });
    expect(parametersOf(world.cloudFormation, 'service')['SubnetIds']).toBe(
      'subnet-0a1b2c3d,subnet-1a1b2c3d',
    );
  });

  it('is named as well where nothing else changes, and is no change of its own', async () => {
    await world.deploy('--also', 'operations,cloudwatch');
    const plan = ['deploy', '--image', image, '--plan'];

    expect(await world.run(plan)).toMatchObject({ code: 0, err: expect.not.stringContaining('stays') });
    const { code, err } = await world.run([...plan, '--also', 'operations']);
    expect(code).toBe(0);
    expect(err).toContain(rest('cloudwatch'));
  });
});

describe('a caller whose role IAM does not show', () => {
  it('has to name the role, and no ARN is guessed', async () => {
    await world.close();
    world = await startDeployments({ denied: ['worker'] });

    const refused = await world.deploy();

    expect(refused.code).toBe(1);
    expect(refused.err).toContain('IAM does not show the role worker (iam:GetRole)');
    expect(world.calls('CreateChangeSet')).toBe(0);
    expect(await world.deploy('--deploy-roles', callerRole)).toMatchObject({ code: 0 });
    expect(parametersOf(world.cloudFormation, 'data-plane')['DeployRoleArns']).toBe(callerRole);
  });
});
