import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type Deployments,
  firstAnswers,
  image,
  parametersOf,
  startDeployments,
} from '../support/deployments.ts';
import { type RegistryStandIn, startRegistry } from '../support/registry.ts';

let world: Deployments;
beforeEach(async () => {
  world = await startDeployments();
});
afterEach(() => world.close());

const withImage = (name: string) => firstAnswers.map((word) => (word === image ? name : word));

describe('before a deployment', () => {
  it('each check is shown', async () => {
    const { code, err } = await world.deploy();

    expect(code).toBe(0);
    expect(err).toMatch(/ok +ecs role/);
    expect(err).toContain('9 ok, 0 wrong, 0 to look at, 0 could not be checked.');
  });

  it('a wrong prerequisite keeps the deployment back, with the command that mends it, also in a plan', async () => {
    world.services.roles.clear();
    const { code, err } = await world.deploy();
    const plan = await world.run(['deploy', ...firstAnswers, '--plan']);

    expect(code).toBe(1);
    expect(err).toContain('aws iam create-service-linked-role --aws-service-name ecs.amazonaws.com');
    expect(err).toContain('Mend this first, then repeat the command: ecs role.');
    expect(plan).toMatchObject({ code: 1, err: expect.stringContaining('Mend this first') });
    expect(plan.out).toContain('FindingsQueue');
    expect(world.calls('CreateChangeSet')).toBe(0);
  });

  it('a prerequisite that could not be checked does not pass as good: --yes is not enough', async () => {
    world.services.errors.set('DescribeTrails', 'AccessDeniedException');
    const { code, err } = await world.deploy();

    expect(code).toBe(1);
    expect(err).toContain('Nobody knows whether all is well with: trail.');
    expect(world.calls('CreateChangeSet')).toBe(0);
    expect(await world.deploy('--accept-unknown')).toMatchObject({ code: 0 });
  });

  it('a person at a terminal may accept what could not be checked', async () => {
    world.services.errors.set('DescribeTrails', 'AccessDeniedException');
    const deploy = (answers: string) => world.run(['deploy', ...firstAnswers, '--yes'], { answers });

    expect(await deploy('n\n')).toMatchObject({ code: 1 });
    expect(world.calls('CreateChangeSet')).toBe(0);
    expect(await deploy('y\n')).toMatchObject({ code: 0 });
  });

  it('answers for another account or region are refused', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'deploy-'));
    const file = join(folder, 'answers.yaml');
    await writeFile(file, 'account: "111122223333"\nregion: eu-west-1\n');
    const { code, err } = await world.deploy('--file', file);
    await rm(folder, { recursive: true });

    expect(code).toBe(1);
    expect(err).toContain('Mend this first, then repeat the command: account, region.');
  });
});

describe('a parameter of a template', () => {
  it('that the template does not have is named, with the one that was meant, before anything is checked', async () => {
    const { code, err } = await world.deploy(
      '--parameter',
      'data-plane.ObjectLockDay=30',
      '--parameter',
      'service.Nonsense=x',
    );

    expect(code).toBe(2);
    expect(err).toContain('data-plane.yaml has no parameter ObjectLockDay. Did you mean ObjectLockDays?');
    expect(err).toContain('service.yaml has no parameter Nonsense. deploy/ecs/parameters.md lists them.');
    expect(err).not.toContain('ecs role');
    expect(world.calls('CreateChangeSet')).toBe(0);
  });

  it('whose stack the answers do not deploy is named, with the answer that deploys it', async () => {
    const { code, err } = await world.deploy('--parameter', 'audit.Trail=evidence');

    expect(code).toBe(2);
    expect(err).toContain(
      'audit.Trail would change nothing, because these answers do not deploy audit.yaml. The answer that deploys it: also with audit.',
    );
    expect(world.calls('CreateChangeSet')).toBe(0);
    expect(await world.deploy('--parameter', 'audit.Trail=evidence', '--also', 'audit')).toMatchObject({
      code: 0,
    });
    // The answers of the stacks that are there count.
    expect(await world.deploy('--parameter', 'audit.Trail=management')).toMatchObject({ code: 0 });
  });

  it('whose stack the answers do not deploy is named in a file too, by the plan already', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'deploy-'));
    const file = join(folder, 'answers.yaml');
    await writeFile(file, 'parameters:\n  cloudwatch: { Heartbeat: "yes" }\n');
    const { code, err } = await world.run(['deploy', ...firstAnswers, '--plan', '--file', file]);
    await rm(folder, { recursive: true });

    expect(code).toBe(2);
    expect(err).toContain('The answer that deploys it: also with cloudwatch.');
  });
});

describe('Macie enabled by hand', () => {
  it('has no stack, and its findings are confirmed all the same', async () => {
    world.aws.macie.account.status = 'ENABLED';
    const byHand = firstAnswers.map((word) => (word === 'enable' ? 'by-hand' : word));
    const { code } = await world.run(['deploy', ...byHand, '--yes']);

    expect(code).toBe(0);
    expect(world.cloudFormation.stack('macie-isolator-macie')).toBeUndefined();
    expect(parametersOf(world.cloudFormation, 'service')['ConfirmFindings']).toBe('macie');
    expect(await world.run(['deploy', '--image', image, '--yes'])).toMatchObject({
      code: 0,
      err: expect.stringContaining('Everything is up to date.'),
    });
  });
});

describe('the image of a deployment', () => {
  let registry: RegistryStandIn;
  let source: string;
  beforeEach(async () => {
    registry = await startRegistry({ tokens: true });
    source = `${registry.host}/team/macie-isolator@${registry.putImage('team/macie-isolator')}`;
  });
  afterEach(() => registry.close());

  it('is copied into ECR before the first stack, and the service gets it by its digest', async () => {
    const { code, err } = await world.run(['deploy', ...withImage(source), '--yes']);

    expect(code).toBe(0);
    expect(err).toContain(`Image ${source} -> macie-isolator`);
    const uri = `${world.ecr.uriOf('macie-isolator')}@${source.split('@')[1]}`;
    expect(parametersOf(world.cloudFormation, 'service')['ImageUri']).toBe(uri);
    expect(world.ecr.registry.manifests.has(`macie-isolator@${source.split('@')[1]}`)).toBe(true);
  });

  it('that cannot be copied stops the deployment before the first stack', async () => {
    world.ecr.registry.failNext(/PUT .*blobs/, (_, response) => response.writeHead(400).end());
    const { code, err } = await world.run(['deploy', ...withImage(source), '--yes']);

    expect(code).toBe(1);
    expect(err).toContain('The image was not copied.');
    expect(world.calls('CreateChangeSet')).toBe(0);
  });

  it('is copied by no plan', async () => {
    await world.run(['deploy', ...withImage(source), '--plan']);

    expect(world.ecr.repositories.size).toBe(0);
  });

  it('must be named until there is a release', async () => {
    const { code, err } = await world.run(['deploy', ...firstAnswers.slice(0, -2), '--yes']);

    expect(code).toBe(2);
    expect(err).toContain('This version has no released image.');
  });

  it('for another architecture is refused', async () => {
    const amd = `${registry.host}/team/amd@${registry.putImage('team/amd', ['linux/amd64'])}`;
    const { code, err } = await world.run(['deploy', ...withImage(amd), '--yes']);

    expect(code).toBe(1);
    expect(err).toContain('--architecture X86_64');
  });
});
