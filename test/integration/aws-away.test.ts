import { CreateQueueCommand, DeleteQueueCommand } from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { type Forwarder, startForwarder } from '../support/forwarder.ts';
import { startWorld, type World, type WorldOptions } from '../support/world.ts';

const closing: (() => Promise<void>)[] = [];
async function open(options: WorldOptions = {}): Promise<World> {
  const world = await startWorld(options);
  closing.push(() => world.close());
  return world;
}
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const ready = async (world: World, port = world.port) =>
  (await fetch(`http://127.0.0.1:${port}/readyz`)).status === 200;
const live = async (world: World) => (await fetch(`http://127.0.0.1:${world.port}/livez`)).status === 200;

async function isolateOne(world: World): Promise<void> {
  const finding = world.finding(await world.upload(world.bucket(), 'a.csv', 'secret'));
  await world.put(finding);
  await world.untilSettled(finding.id);
  expect(world.record(finding.id, 'isolated')).toBeDefined();
}

describe('a worker whose AWS is away', () => {
  it('is live but not ready without its queue, and goes on once it is there', async () => {
    const world = await open({ stopped: true });
    const { queueUrl } = world.aws.dataPlane;
    await world.sqs.send(new DeleteQueueCommand({ QueueUrl: queueUrl }));

    const { port } = await world.worker.start();
    await world.log.until('poll_failed');
    expect(await ready(world, port)).toBe(false);
    expect((await fetch(`http://127.0.0.1:${port}/livez`)).status).toBe(200);

    const name = queueUrl.slice(queueUrl.lastIndexOf('/') + 1);
    await world.sqs.send(new CreateQueueCommand({ QueueName: name }));
    await eventually(() => ready(world, port));
    await isolateOne(world);
  });

  it('is not ready without its isolation bucket, and goes on once it is there', async () => {
    const world = await open({ stopped: true, refreshEveryMs: 200 });
    const { store } = world.aws.s3;
    store.buckets.delete(world.isolationBucket);

    const { port } = await world.worker.start();
    await world.log.until('isolation_bucket_unusable');
    expect(await ready(world, port)).toBe(false);

    store.createBucket(world.isolationBucket, { versioning: 'enabled' });
    await eventually(() => ready(world, port));
    await isolateOne(world);
  });

  it.each([
    ['S3', 'AWS_ENDPOINT_URL_S3'],
    ['SQS', 'AWS_ENDPOINT_URL_SQS'],
  ] as const)('lives through a time without %s, and loses nothing', async (_, name) => {
    let forwarder: Forwarder | undefined;
    const world = await open({
      // Short, since the queue stand-in gives messages to long polls that were broken off.
      env: { VISIBILITY_TIMEOUT_SECONDS: '5', BACKOFF_BASE_SECONDS: '2', BACKOFF_MAX_SECONDS: '2' },
      async redirect(environment) {
        forwarder = await startForwarder(environment[name] ?? '');
        closing.push(() => forwarder?.close() ?? Promise.resolve());
        return { [name]: forwarder.endpoint };
      },
    });
    await isolateOne(world);

    forwarder?.cut();
    const finding = world.finding(await world.upload(world.bucket(), 'b.csv', 'secret'));
    await world.put(finding);
    await eventually(async () => !(await ready(world)));
    expect(await live(world)).toBe(true);
    forwarder?.mend();

    await world.untilSettled(finding.id);
    expect(world.record(finding.id, 'isolated')).toBeDefined();
    await eventually(() => ready(world));
    expect(await world.parked()).toEqual([]);
  });

  it.each([
    ['is cut off', (forwarder: Forwarder) => forwarder.cut()],
    ['does not answer', (forwarder: Forwarder) => void forwarder.stall('control/pause.json')],
  ])('is not ready while S3 %s, although no message comes', async (_, goAway) => {
    let forwarder: Forwarder | undefined;
    const world = await open({
      refreshEveryMs: 200,
      async redirect({ AWS_ENDPOINT_URL_S3 = '' }) {
        forwarder = await startForwarder(AWS_ENDPOINT_URL_S3);
        closing.push(() => forwarder?.close() ?? Promise.resolve());
        return { AWS_ENDPOINT_URL_S3: forwarder.endpoint };
      },
    });
    await eventually(() => ready(world));

    if (forwarder) goAway(forwarder);

    await eventually(async () => !(await ready(world)));
    expect(await live(world)).toBe(true);
  });

  it('repeats no isolation for an alert that cannot be sent, and says so in the record', async () => {
    const world = await open({ redirect: async () => ({ AWS_ENDPOINT_URL_SNS: 'http://127.0.0.1:9' }) });
    const bucket = world.bucket();
    const finding = world.finding(await world.upload(bucket, 'a.csv', 'secret'));

    await world.put(finding);
    await world.untilSettled(finding.id);

    expect(world.text(bucket, 'a.csv')).toBeUndefined();
    expect(world.record(finding.id, 'isolated')).toMatchObject({ alert_result: 'failed', receive_count: 6 });
    expect(world.aws.s3.requests.filter(({ operation }) => operation === 'DeleteObject')).toHaveLength(1);
    expect(world.copies()).toHaveLength(1);
  });
});
