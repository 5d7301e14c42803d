import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTaskProtection, outlastsStop } from '../../src/aws/ecs/task-protection.ts';
import { recordAwsCall } from '../support/aws-calls.ts';
import type { Uploaded } from '../support/uploaded.ts';
import { startWorld, type World } from '../support/world.ts';

const large = 'x'.repeat(21e6);

interface Asked {
  readonly path: string | undefined;
  readonly body: unknown;
}

/** The agent's endpoint, as ECS puts it into each task. */
async function startAgent(answer: (body: { ProtectionEnabled: boolean }) => unknown) {
  const asked: Asked[] = [];
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { ProtectionEnabled: boolean };
      recordAwsCall({ service: 'ecs', operation: 'UpdateTaskProtection', role: 'worker' });
      asked.push({ path: `${incoming.method} ${incoming.url}`, body });
      response.end(JSON.stringify(answer(body)));
      server.emit('asked');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    uri: `http://127.0.0.1:${port}/api/task`,
    asked,
    async untilAsked(count: number) {
      while (asked.length < count) await once(server, 'asked');
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

type Agent = Awaited<ReturnType<typeof startAgent>>;

const willing = (body: { ProtectionEnabled: boolean }) => ({
  protection: { ProtectionEnabled: body.ProtectionEnabled, TaskArn: 'arn:aws:ecs:task' },
});

const on = {
  path: 'PUT /api/task/task-protection/v1/state',
  body: { ProtectionEnabled: true, ExpiresInMinutes: 60 },
};
const off = { path: on.path, body: { ProtectionEnabled: false } };

/** Within its stop timeout the task copies 20 MB at the least. */
const settings = (agentUri: string) => ({ ECS_AGENT_URI: agentUri, SHUTDOWN_TIMEOUT_MS: '1000' });

async function handle(world: World, object: Uploaded): Promise<string> {
  const finding = world.finding(object);
  await world.put(finding);
  await world.untilSettled(finding.id);
  return finding.id;
}

describe('a task of ECS', () => {
  let agent: Agent;
  let world: World;
  beforeAll(async () => {
    agent = await startAgent(willing);
    world = await startWorld({ env: settings(agent.uri) });
  });
  afterAll(async () => {
    await world.close();
    await agent.close();
  });

  it('is protected from scale-in while a copy runs that cannot end inside the stop timeout', async () => {
    const object = await world.upload(world.bucket(), 'a.csv', large);
    const hold = world.aws.s3.faults.hold(({ operation }) => operation === 'CopyObject');
    const handled = handle(world, object);
    await hold.arrived;
    await world.log.until('task_protection_changed', { protected: true });

    expect(agent.asked).toEqual([on]);

    hold.release();
    await handled;
    await world.log.until('task_protection_changed', { protected: false });
    expect(agent.asked).toEqual([on, off]);
  });

  it('is not protected for a copy that ends in time', async () => {
    const before = agent.asked.length;
    const id = await handle(world, await world.upload(world.bucket(), 'a.csv', 'name,ssn'));

    expect(world.record(id, 'isolated')).toBeDefined();
    expect(agent.asked).toHaveLength(before);
  });
});

describe('a task that ECS does not protect', () => {
  it('isolates all the same, and says why it is not protected', async () => {
    const agent = await startAgent(() => ({ failure: { Reason: 'TASK_NOT_VALID', Detail: 'no service' } }));
    const world = await startWorld({ env: settings(agent.uri) });
    try {
      const id = await handle(world, await world.upload(world.bucket(), 'a.csv', large));

      expect(world.record(id, 'isolated')).toBeDefined();
      expect(await world.log.until('task_protection_failed')).toMatchObject({ code: 'TaskProtectionError' });
      expect(world.log.text()).toContain('TASK_NOT_VALID');
    } finally {
      await world.close();
      await agent.close();
    }
  });

  it('isolates all the same where the agent is away', async () => {
    const agent = await startAgent(willing);
    await agent.close();
    const world = await startWorld({ env: settings(agent.uri) });
    try {
      const id = await handle(world, await world.upload(world.bucket(), 'a.csv', large));

      expect(world.record(id, 'isolated')).toBeDefined();
      await world.log.until('task_protection_failed');
    } finally {
      await world.close();
    }
  });
});

describe('protection', () => {
  it('is renewed while the work goes on, and taken off once, when all of it has ended', async () => {
    const agent = await startAgent(willing);
    const isOff = Promise.withResolvers<void>();
    const changes: boolean[] = [];
    const protection = createTaskProtection({
      agentUri: agent.uri,
      onChange(isProtected) {
        changes.push(isProtected);
        if (!isProtected) isOff.resolve();
      },
      onFailure: (error) => isOff.reject(error),
      expiresInMinutes: 0.001,
    });
    const ended = Promise.withResolvers<string>();
    const works = [protection.during(() => ended.promise), protection.during(() => ended.promise)];
    await agent.untilAsked(3);
    ended.resolve('copied');

    expect(await Promise.all(works)).toEqual(['copied', 'copied']);
    await isOff.promise;
    expect(changes.slice(0, 3)).toEqual([true, true, true]);
    expect(changes.filter((isProtected) => !isProtected)).toHaveLength(1);
    protection.stop();
    await agent.close();
  });

  it('is not asked for outside of ECS, and ends with work that fails', async () => {
    const changes: boolean[] = [];
    const onChange = (isProtected: boolean) => void changes.push(isProtected);
    const nowhere = createTaskProtection({ agentUri: undefined, onChange, onFailure: onChange as never });

    await expect(nowhere.during(() => Promise.reject(new Error('no copy')))).rejects.toThrow('no copy');
    expect(changes).toEqual([]);
  });
});

describe('a size', () => {
  it.each([
    [1.9e9, 100_000, false],
    [2.1e9, 100_000, true],
    [0, 1_000, false],
  ])('of %d bytes outlasts a stop timeout of %d ms: %s', (sizeBytes, stopTimeoutMs, outlasts) => {
    expect(outlastsStop(sizeBytes, stopTimeoutMs)).toBe(outlasts);
  });
});
