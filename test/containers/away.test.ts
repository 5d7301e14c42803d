import { setTimeout as delay } from 'node:timers/promises';
import { Network, type StartedNetwork, Wait } from 'testcontainers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { findingAbout } from '../support/uploaded.ts';
import { type LocalStack, startLocalStack, workerEnvironment } from './support/local-stack.ts';
import { type Proxy, startProxy } from './support/proxy.ts';
import {
  startWorkerContainer,
  type WorkerContainer,
  type WorkerOptions,
} from './support/worker-container.ts';

let network: StartedNetwork;
let aws: LocalStack;
let proxy: Proxy;
const workers: WorkerContainer[] = [];

beforeAll(async () => {
  network = await new Network().start();
  aws = await startLocalStack(network);
  proxy = await startProxy(network);
});
afterEach(async () => {
  for (const worker of workers.splice(0)) await worker.close();
});
afterAll(async () => {
  await proxy?.close();
  await aws?.close();
  await network?.stop();
});

async function start(
  environment: Readonly<Record<string, string>>,
  options: Partial<WorkerOptions> = {},
): Promise<WorkerContainer> {
  const worker = await startWorkerContainer({
    network,
    environment: { ...workerEnvironment, VISIBILITY_TIMEOUT_SECONDS: '5', ...environment },
    ...options,
  });
  workers.push(worker);
  return worker;
}

const ready = { waitStrategy: Wait.forHttp('/readyz', 8080) };

const becomes = (worker: WorkerContainer, status: 200 | 503) =>
  eventually(async () => (await worker.get('/readyz')).status === status);

async function isolateOne(): Promise<string> {
  const object = await aws.upload(await aws.bucket(), 'a.csv', 'secret');
  const finding = findingAbout(object);
  await aws.put(finding);
  return (await aws.recorded(finding.id)).outcome;
}

describe('LocalStack', () => {
  it('is out of reach for thirty seconds: the worker lives, is not ready, and goes on', async () => {
    const worker = await start({ AWS_ENDPOINT_URL: 'http://proxy:4566' }, ready);
    expect(await isolateOne()).toBe('isolated');

    await proxy.cut();
    await becomes(worker, 503);
    const meanwhile = isolateOne();
    await delay(30_000);
    expect((await worker.get('/livez')).status).toBe(200);
    expect((await worker.get('/readyz')).status).toBe(503);
    await proxy.mend();

    await becomes(worker, 200);
    expect(await meanwhile).toBe('isolated');
    expect(await aws.parked()).toEqual([]);
  });

  it('is started again, empty, and set up anew: the worker lives, and goes on', async () => {
    const worker = await start({}, ready);
    expect(await isolateOne()).toBe('isolated');

    const [sawItAway] = await Promise.all([becomes(worker, 503), aws.restart()]);
    expect(sawItAway).toBe(true);
    expect(await aws.recordKeys()).toEqual([]);
    await becomes(worker, 200);

    expect(await isolateOne()).toBe('isolated');
  });
});

describe('a queue and a bucket that are not there', () => {
  it('are waited for, without a word too many', async () => {
    const worker = await start({
      QUEUE_URL: 'http://localstack:4566/000000000000/not-made-yet',
      ISOLATION_BUCKET: 'not-made-yet',
    });
    // Whether the service is paused lies in the bucket: until that is known nothing is received.
    await eventually(async () => (await worker.log()).some(({ event }) => event === 'still_paused'));

    expect((await worker.get('/livez')).status).toBe(200);
    expect((await worker.get('/readyz')).status).toBe(503);
    const log = await worker.log();
    expect(log.filter(({ event }) => event === 'paused')).toMatchObject([{ by: 'unknown' }]);
    expect(log.filter(({ event }) => event === 'isolation_bucket_unusable')).toHaveLength(1);
    expect(log.filter(({ event }) => event === 'poll_failed')).toEqual([]);
  });
});
