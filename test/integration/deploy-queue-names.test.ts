import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createOperatorClients } from '../../src/compose/operator/clients.ts';
import { openDeployment } from '../../src/compose/operator/deployment.ts';
import { answersSchema } from '../../src/core/deploy/answers.ts';
import { deployInstallation } from '../../src/core/deploy/deploy-installation.ts';
import { wantedStacks } from '../../src/core/deploy/installation.ts';
import { callerRole, type Deployments, image, stackOf, startDeployments } from '../support/deployments.ts';

let world: Deployments;
beforeEach(async () => {
  world = await startDeployments();
});
afterEach(() => world.close());

const answers = answersSchema.parse({
  alertEmail: 'privacy@example.com',
  sourceBuckets: 'lake-raw',
  network: 'own',
  macie: 'enabled',
});

/** Deploys with a clock that passes, in every pause, as the clock of the stand-in does. Returns the seconds that names were waited for. */
async function deployed(): Promise<readonly number[]> {
  const clients = createOperatorClients({ ...world.environment, AWS_REGION: 'us-east-1' });
  const deployment = await openDeployment(clients, world.environment);
  const waited: number[] = [];
  const report = {
    begins: () => undefined,
    event: () => undefined,
    ends: () => undefined,
    leaves: () => undefined,
    waitsForNames: (_: string, seconds: number) => void waited.push(seconds),
  };
  try {
    const ports = {
      ...deployment.ports(report, new AbortController().signal),
      now: world.cloudFormation.now,
      pause: async (ms: number) => world.cloudFormation.passTime(ms),
    };
    const wanted = wantedStacks({ answers, image, deployRoles: [callerRole] });
    for await (const one of deployInstallation(ports, wanted, []))
      expect(one.stack.name).toContain('macie-isolator');
  } finally {
    deployment.close();
    clients.close();
  }
  return waited;
}

describe('a stack with queues that is created anew', () => {
  it('waits until SQS gives the names of the deleted queues free', async () => {
    // The failure comes after the queues, so that their names are taken and freed by the rollback.
    world.cloudFormation.fail({
      stack: stackOf('data-plane'),
      resource: 'AlarmTopic',
      during: 'create',
      reason: 'injected',
    });
    await expect(deployed()).rejects.toThrow('AlarmTopic (CREATE_FAILED): injected');

    expect(await deployed()).toEqual([61]);
    expect(world.cloudFormation.stack(stackOf('data-plane'))?.status).toBe('CREATE_COMPLETE');
  });

  it('waits for the rest of the minute only, if its predecessor was deleted before the command began', async () => {
    await deployed();
    await world.undeploy(['--yes']);
    world.cloudFormation.passTime(40_000);

    const [first = 0] = await deployed();

    expect(first).toBeGreaterThan(10);
    expect(first).toBeLessThanOrEqual(21);
  });

  it('waits for nothing long afterwards', async () => {
    await deployed();
    await world.undeploy(['--yes']);
    world.cloudFormation.passTime(3_600_000);

    expect(await deployed()).toEqual([]);
  });
});
