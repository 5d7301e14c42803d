import { CreateQueueCommand, DeleteQueueCommand, GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { composeWorker } from '../../src/compose/worker.ts';
import { parseConfig } from '../../src/config/config.ts';
import { eventually } from '../support/eventually.ts';
import { type Forwarder, startForwarder } from '../support/forwarder.ts';
import { createLogLines } from '../support/log-lines.ts';
import { type ReceiveProxy, startReceiveProxy } from '../support/receive-proxy.ts';
import type { World } from '../support/world.ts';
import { worldsOfEachTest } from '../support/worlds.ts';

const open = worldsOfEachTest();

async function flag(world: World, bucket: string, key: string) {
  const uploaded = await world.upload(bucket, key, `secret of ${key}`);
  return world.finding(uploaded);
}

/** A second worker on the same queue and buckets. */
function composeAnother(world: World, env: Readonly<Record<string, string>> = {}) {
  const parsed = parseConfig({ ...world.aws.workerEnvironment, LOG_LEVEL: 'debug', ...env });
  if (!parsed.ok) throw new Error(parsed.problems.join('; '));
  const log = createLogLines();
  return {
    log,
    worker: composeWorker(parsed.config, { logDestination: log.destination }),
  };
}

describe('a worker that is stopped while it starts', () => {
  it('receives no message afterwards', async () => {
    const world = await open();
    const { worker, log } = composeAnother(world);

    const starting = worker.start();
    await worker.stop('a change of mind');
    await starting;

    expect(log.lines.at(-1)).toMatchObject({ event: 'stopped' });
    expect(log.lines).not.toContainEqual(expect.objectContaining({ event: 'started' }));
  });
});

describe('the queue', () => {
  it('lets an object that is held up delay no other message', async () => {
    const world = await open({ env: { CONCURRENCY: '4' } });
    const bucket = world.bucket();
    const slow = await flag(world, bucket, 'slow.csv');
    const hold = world.aws.s3.faults.hold(
      (request) => request.operation === 'CopyObject' && request.key.includes('slow.csv'),
    );
    await world.put(slow);
    await hold.arrived;

    const others = await Promise.all(
      Array.from({ length: 25 }, (_, index) => flag(world, bucket, `${index}.csv`)),
    );
    for (const finding of others) await world.put(finding);
    await Promise.all(others.map(({ id }) => world.untilSettled(id)));

    expect(world.record(slow.id, 'isolated')).toBeUndefined();
    hold.release();
    await world.untilSettled(slow.id);
    expect(world.recordKeys()).toHaveLength(26);
  });

  it('extends the visibility of what is in work, so that nobody else gets it', async () => {
    const world = await open({ env: { VISIBILITY_TIMEOUT_SECONDS: '5' } });
    const finding = await flag(world, world.bucket(), 'slow.csv');
    const hold = world.aws.s3.faults.hold((request) => request.operation === 'CopyObject');
    await world.put(finding);
    await hold.arrived;

    await eventually(async () =>
      /visibility_extensions_total\{result="extended"\} [3-9]/.test(await world.worker.metrics()),
    );
    hold.release();
    await world.untilSettled(finding.id);

    expect(world.record(finding.id, 'isolated')).toMatchObject({ receive_count: 1 });
    expect(await world.worker.metrics()).toContain('isolator_messages_received_total 1');
  });

  it('isolates once where the same finding comes twice and two name the same object', async () => {
    const world = await open();
    const bucket = world.bucket();
    const finding = await flag(world, bucket, 'a.csv');
    const other = { ...finding, id: 'f'.repeat(32) };

    await Promise.all([world.put(finding), world.put(finding), world.put(other)]);
    await world.log.untilCount(3, 'message_settled', { how: 'delete' });

    const outcomes = world.log.lines
      .filter(({ event }) => event === 'finding_handled')
      .map(({ outcome }) => String(outcome));
    expect(outcomes.filter((outcome) => !['isolated', 'already_isolated'].includes(outcome))).toEqual([]);
    expect(outcomes).toContain('isolated');
    expect(world.copies()).toHaveLength(1);
    expect(world.text(bucket, 'a.csv')).toBeUndefined();
    expect(await world.waiting()).toBe(0);
  });

  it('acknowledges nothing before the record is there', async () => {
    const world = await open();
    const finding = await flag(world, world.bucket(), 'a.csv');
    const hold = world.aws.s3.faults.hold(
      (request) => request.operation === 'PutObject' && request.key.startsWith('records/'),
    );
    await world.put(finding);
    await hold.arrived;

    expect(await world.waiting()).toBe(1);
    hold.release();
    await world.untilSettled(finding.id);
    expect(await world.waiting()).toBe(0);
  });

  it('leaves parking to the redrive policy where no dead-letter queue is set', async () => {
    const world = await open({ env: { DEAD_LETTER_QUEUE_URL: '' } });
    const messageId = await world.send('not json');

    await world.log.until('message_settled', { messageId, how: 'back-off' });

    expect(await world.waiting()).toBe(1);
    expect(await world.parked()).toEqual([]);
  });
});

describe('a message that was moved back from the dead-letter queue', () => {
  it('is a replay by its reason, and stays out of the service level', async () => {
    const world = await open();
    const finding = await flag(world, world.bucket(), 'a.csv');

    const parked = { Reason: 'locked', Outcome: 'retained', FindingId: finding.id, Origin: 'backfill' };
    await world.send(JSON.stringify(finding), parked);
    await world.untilSettled(finding.id);

    expect(world.log.lines).toContainEqual(
      expect.objectContaining({ event: 'finding_handled', outcome: 'isolated', origin: 'replay' }),
    );
    expect(await world.worker.metrics()).toContain(
      'isolator_finding_to_isolation_seconds_count{severity="High"} 0',
    );
  });
});

describe('a message that cannot be parked', () => {
  it('counts once, when it lies in the dead-letter queue', async () => {
    const world = await open();
    const { deadLetterQueueUrl } = world.aws.dataPlane;
    const { Attributes: kept = {} } = await world.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: deadLetterQueueUrl, AttributeNames: ['All'] }),
    );
    await world.sqs.send(new DeleteQueueCommand({ QueueUrl: deadLetterQueueUrl }));
    const finding = await flag(world, world.bucket(), 'a.csv');
    await world.send(JSON.stringify({ ...finding, resourcesAffected: undefined }));
    await world.log.untilCount(2, 'handling_failed');
    const QueueName = kept['QueueArn']?.split(':').at(-1);
    await world.sqs.send(new CreateQueueCommand({ QueueName }));
    await world.log.until('message_settled', { how: 'park' });

    const counted = (await world.worker.metrics())
      .split('\n')
      .filter((line) => line.startsWith('isolator_isolations_total') && !line.endsWith(' 0'));
    expect(counted).toEqual(['isolator_isolations_total{outcome="rejected",reason="no-identity"} 1']);
    expect(world.log.lines.filter(({ event }) => event === 'finding_handled')).toHaveLength(1);
  });
});

describe('shutting down', () => {
  it('finishes what is in work and acknowledges it', async () => {
    const world = await open();
    const finding = await flag(world, world.bucket(), 'a.csv');
    const hold = world.aws.s3.faults.hold((request) => request.operation === 'CopyObject');
    await world.put(finding);
    await hold.arrived;

    const stopped = world.worker.stop('SIGTERM');
    await world.log.until('shutting_down');
    hold.release();
    await stopped;

    expect(world.record(finding.id, 'isolated')).toBeDefined();
    expect(await world.waiting()).toBe(0);
  });

  it('hands back what cannot end in time, and another worker finishes it', async () => {
    // Two seconds until the hand-back: the stand-in would still give the message to the long poll that was
    // broken off, of one second.
    const world = await open({ env: { SHUTDOWN_TIMEOUT_MS: '5000' } });
    const bucket = world.bucket();
    const finding = await flag(world, bucket, 'a.csv');
    const hold = world.aws.s3.faults.hold((request) => request.operation === 'CopyObject');
    await world.put(finding);
    await hold.arrived;

    await world.worker.stop('SIGTERM');
    expect(world.log.lines).toContainEqual(
      expect.objectContaining({ event: 'message_settled', how: 'hand-back' }),
    );
    hold.release();
    const other = composeAnother(world);
    await other.worker.start();
    await other.log.until('message_settled', { how: 'delete' });
    await other.worker.stop('the end');

    expect(world.text(bucket, 'a.csv')).toBeUndefined();
    expect(world.copies()).toHaveLength(1);
    expect(world.record(finding.id, 'isolated')).toMatchObject({ receive_count: 2 });
  });

  it('waits for SQS no longer than its deadline, and leaves a large copy to be resumed', {
    timeout: 30_000,
  }, async () => {
    const mib = 1024 ** 2;
    let forwarder: Forwarder | undefined;
    const env = {
      MULTIPART_THRESHOLD_BYTES: String(5 * mib),
      MULTIPART_PART_BYTES: String(5 * mib),
      MULTIPART_CONCURRENCY: '1',
    };
    const world = await open({
      env: { ...env, SHUTDOWN_TIMEOUT_MS: '4000', VISIBILITY_TIMEOUT_SECONDS: '5' },
      async redirect({ AWS_ENDPOINT_URL_SQS: sqs = '' }) {
        forwarder = await startForwarder(sqs);
        return { AWS_ENDPOINT_URL_SQS: forwarder.endpoint };
      },
    });
    const bucket = world.bucket();
    const finding = world.finding(await world.upload(bucket, 'a.csv', 'x'.repeat(20 * mib)));
    const requests = (operation: string) =>
      world.aws.s3.requests.filter((request) => request.operation === operation);
    const hold = world.aws.s3.faults.hold(
      (request) => request.operation === 'UploadPartCopy' && request.query.get('partNumber') === '2',
    );
    await world.put(finding);
    await hold.arrived;

    const unanswered = forwarder?.stall('"VisibilityTimeout":0');
    const stopped = world.worker.stop('SIGTERM');
    await unanswered;
    await world.log.until('shutting_down');
    hold.release();
    await stopped;

    expect(world.log.lines).toContainEqual(
      expect.objectContaining({ event: 'settling_failed', how: 'hand-back' }),
    );
    expect(requests('UploadPartCopy')).toHaveLength(2);
    const other = composeAnother(world, env);
    await other.worker.start();
    await other.log.until('message_settled', { how: 'delete' });
    await other.worker.stop('the end');
    await forwarder?.close();

    expect(world.record(finding.id, 'isolated')).toMatchObject({ receive_count: 2 });
    expect(world.text(bucket, 'a.csv')).toBeUndefined();
    expect(requests('CreateMultipartUpload')).toHaveLength(1);
    expect(requests('UploadPartCopy')).toHaveLength(4);
    expect(requests('AbortMultipartUpload')).toEqual([]);
  });

  it.each([0, 1, 3, 6])(
    'takes no message along: after %i answers and the stop, what is not done is visible at once',
    async (answers) => {
      let proxy: ReceiveProxy | undefined;
      const world = await open({
        stopped: true,
        env: { CONCURRENCY: '50', WAIT_TIME_SECONDS: '20' },
        async redirect({ AWS_ENDPOINT_URL_SQS: sqs = '' }) {
          proxy = await startReceiveProxy(sqs, answers);
          return { AWS_ENDPOINT_URL_SQS: proxy.endpoint };
        },
      });
      await Promise.all(Array.from({ length: 100 }, (_, index) => world.send(`no finding ${index}`)));
      await world.worker.start();
      await proxy?.held;

      const stopped = world.worker.stop('SIGTERM');
      await world.log.until('shutting_down');
      proxy?.release();
      await stopped;

      const { Attributes } = await world.sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: world.aws.dataPlane.queueUrl, AttributeNames: ['All'] }),
      );
      const parked = (await world.parked()).length;
      expect(parked).toBeLessThanOrEqual(10 * answers);
      expect(Attributes).toMatchObject({
        ApproximateNumberOfMessages: String(100 - parked),
        ApproximateNumberOfMessagesNotVisible: '0',
      });
      await proxy?.close();
    },
  );

  it('receives no more messages', async () => {
    const world = await open();
    await world.worker.stop('SIGTERM');

    await world.put(await flag(world, world.bucket(), 'a.csv'));
    const { Attributes } = await world.sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: world.aws.dataPlane.queueUrl,
        AttributeNames: ['ApproximateNumberOfMessages'],
      }),
    );

    expect(Attributes).toEqual({ ApproximateNumberOfMessages: '1' });
  });
});
