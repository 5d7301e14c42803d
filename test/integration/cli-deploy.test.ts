import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

const templates = ['data-plane', 'network', 'macie', 'service', 'operations'];

describe('macie-isolator deploy', () => {
  it('deploys all stacks in order, each with the outputs of those before it', async () => {
    const { code, err, out } = await world.deploy('--jsonl');

    expect(code).toBe(0);
    expect(jsonLines(out)).toEqual(
      templates.map((template) => ({ stack: stackOf(template), result: 'created' })),
    );
    const service = parametersOf(world.cloudFormation, 'service');
    expect(service).toMatchObject({
      Prefix: 'macie-isolator',
      Mode: 'dry-run',
      ImageUri: image,
      SourceBucketNames: 'lake-raw,lake-landing',
      QueueUrl: world.outputOf('data-plane', 'QueueUrl'),
      SubnetIds: world.outputOf('network', 'SubnetIds'),
    });
    expect(parametersOf(world.cloudFormation, 'operations')).toMatchObject({
      ClusterName: world.outputOf('service', 'ClusterName'),
      SubnetIds: world.outputOf('network', 'SubnetIds'),
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
    const executed = world.calls('ExecuteChangeSet');

    const { code, err, out } = await world.deploy('--jsonl');

    expect(code).toBe(0);
    expect(jsonLines(out).map(({ result }) => result)).toEqual(templates.map(() => 'up to date'));
    expect(err).toContain('Everything is up to date.');
    expect(world.calls('ExecuteChangeSet')).toBe(executed);
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
    expect(world.calls('CreateChangeSet')).toBe(0);
    const nobody = await world.run(['deploy', ...firstAnswers]);
    expect(nobody).toMatchObject({ code: 2, err: expect.stringContaining('or --plan to look') });
  });
});

describe('macie-isolator deploy --plan', () => {
  it('lists all resources of new stacks, changes nothing, and ends with 3', async () => {
    const { code, out } = await world.run(['deploy', ...firstAnswers, '--plan', '--jsonl']);

    expect(code).toBe(3);
    const rows = jsonLines(out);
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
    expect(world.calls('CreateChangeSet')).toBe(0);
  });

  it('shows what an update changes, deletes its change sets, and ends with 0 where nothing changes', async () => {
    await world.deploy();

    const changed = await world.run(['deploy', '--mode', 'enforce', '--plan', '--jsonl']);
    const same = await world.run(['deploy', '--plan', '--jsonl', '--fields', 'step']);

    expect(changed.code).toBe(3);
    expect(jsonLines(changed.out).filter(({ step }) => step === 'update')).toEqual([
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
