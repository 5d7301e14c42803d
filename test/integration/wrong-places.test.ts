import { CreateTopicCommand, DeleteTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, it } from 'vitest';
import { localAccount, localRegion } from '../../src/local/account.ts';
import { readAlerts } from '../../src/local/demo/look.ts';
import { eventually } from '../support/eventually.ts';
import type { World } from '../support/world.ts';
import { worldsOfEachTest } from '../support/worlds.ts';

const other = '111122223333';
const open = worldsOfEachTest();

const closing: { destroy(): void }[] = [];
afterEach(() => {
  for (const client of closing.splice(0)) client.destroy();
});

const readiness = async (world: World) => {
  const answer = await fetch(`http://127.0.0.1:${world.port}/readyz`);
  return { status: answer.status, text: await answer.text() };
};

async function flag(world: World, bucket = world.bucket(), key = 'a.csv'): Promise<string> {
  const finding = world.finding(await world.upload(bucket, key, 'secret'));
  await world.put(finding);
  return finding.id;
}

/** A topic of the other account, and the alerts that its subscribers get there. */
async function topicOfTheOtherAccount(world: World) {
  const settings = (endpoint: string) => ({
    region: localRegion,
    endpoint,
    credentials: { accessKeyId: world.aws.sts.accessKeyOf(other), secretAccessKey: 'local' },
  });
  const { endpoint } = world.aws.queues;
  const sns = new SNSClient(settings(endpoint));
  const sqs = new SQSClient({ ...settings(endpoint), useQueueUrlAsEndpoint: false });
  closing.push(sns, sqs);
  await sns.send(new CreateTopicCommand({ Name: topicName }));
  const { QueueUrl: url = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'inbox' }));
  const inbox = `arn:aws:sqs:${localRegion}:${other}:inbox`;
  await sns.send(new SubscribeCommand({ TopicArn: foreignTopic, Protocol: 'sqs', Endpoint: inbox }));
  return { alerts: () => readAlerts(sqs, url) };
}

const topicName = 'of-the-privacy-team';
const foreignTopic = `arn:aws:sns:${localRegion}:${other}:${topicName}`;
const ownTopic = foreignTopic.replace(other, localAccount);
/** The rule of one bucket has a topic of its own. */
const policyWith = (topic: string) =>
  [
    'version: 1',
    'rules:',
    '  - name: theirs',
    '    when: { key: "theirs/*" }',
    '    action: isolate',
    `    alert: ${topic}`,
    '  - name: all',
    '    when: { key: "*" }',
    '    action: isolate',
    'default: alert',
  ].join('\n');

describe('a queue that is not where the settings say', () => {
  it('of another account, without permission: not ready, and the log says AccessDenied', async () => {
    const world = await open({
      stopped: true,
      redirect: async ({ QUEUE_URL = '' }) => ({ QUEUE_URL: QUEUE_URL.replace(localAccount, other) }),
    });
    const sqs = new SQSClient({
      region: localRegion,
      endpoint: world.aws.queues.endpoint,
      credentials: { accessKeyId: world.aws.sts.accessKeyOf(other), secretAccessKey: 'local' },
    });
    closing.push(sqs);
    const name = world.aws.dataPlane.queueUrl.split('/').at(-1) ?? '';
    await sqs.send(new CreateQueueCommand({ QueueName: name }));
    const { port } = await world.worker.start();
    expect(await world.log.until('queue_not_sampled')).toMatchObject({ code: 'AccessDenied' });
    expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(503);
  });

  it.each([
    ['account', { account: other }],
    ['region', { region: 'eu-west-1' }],
  ])('of another %s: not ready, and the log says QueueDoesNotExist; nothing is lost', async (_, place) => {
    const world = await open({
      redirect: async ({ QUEUE_URL = '', ALERT_TOPIC_ARN = '' }) =>
        'account' in place
          ? { QUEUE_URL: QUEUE_URL.replace(localAccount, other) }
          : {
              AWS_REGION: place.region,
              ALERT_TOPIC_ARN: ALERT_TOPIC_ARN.replace(localRegion, place.region),
            },
    });
    const id = await flag(world);
    expect(await world.log.until('queue_not_sampled')).toMatchObject({ code: 'QueueDoesNotExist' });
    expect(await readiness(world)).toMatchObject({ status: 503, text: expect.stringContaining('queue') });
    expect(world.record(id, 'isolated')).toBeUndefined();
    expect(await world.waiting()).toBe(1);
  });

  it('of dead letters, in another account: nothing is parked, and nothing is dropped', async () => {
    const world = await open({
      redirect: async ({ DEAD_LETTER_QUEUE_URL: url = '' }) => ({
        DEAD_LETTER_QUEUE_URL: url.replace(localAccount, other),
      }),
    });
    await world.send('no finding');
    await world.log.until('message_settled', { how: 'back-off' });
    expect(await world.log.until('queue_not_sampled', { queue: 'dead-letter' })).toMatchObject({
      code: 'QueueDoesNotExist',
    });
    expect(await world.waiting()).toBe(1);
    const id = await flag(world);
    await world.untilSettled(id);
    expect(world.record(id, 'isolated')).toBeDefined();
  });
});

describe('the topic of a rule', () => {
  it('may be one of another account whose policy admits the worker', async () => {
    const world = await open({ env: { POLICY: policyWith(foreignTopic) } });
    const { alerts } = await topicOfTheOtherAccount(world);
    world.aws.queues.share(foreignTopic);
    const id = await flag(world, undefined, 'theirs/a.csv');
    await world.untilSettled(id);
    expect(world.record(id, 'isolated')).toMatchObject({ alert_result: 'sent', policy_rule: 'theirs' });
    expect(await alerts()).toHaveLength(1);
    expect(await world.alerts()).toEqual([]);
  });

  it.each([
    ['of another account that does not admit the worker', foreignTopic, 'AuthorizationError'],
    ['of its own account, denied', ownTopic, 'AuthorizationError'],
    ['that was deleted', ownTopic, 'NotFound'],
  ])(
    '%s: its findings come again and end with `failed`; others are told, and nothing halts',
    async (what, topic, code) => {
      const world = await open({ env: { POLICY: policyWith(topic) } });
      await topicOfTheOtherAccount(world);
      const sns = new SNSClient({ region: localRegion, endpoint: world.aws.queues.endpoint });
      closing.push(sns);
      await sns.send(new CreateTopicCommand({ Name: topicName }));
      if (what.endsWith('deleted')) await sns.send(new DeleteTopicCommand({ TopicArn: topic }));
      else if (topic === ownTopic) world.aws.queues.deny(topic);

      const untold = await flag(world, undefined, 'theirs/a.csv');
      await world.log.until('handling_failed', { findingId: untold });
      const told = await flag(world);
      await world.untilSettled(told);
      expect(world.record(told, 'isolated')).toMatchObject({ alert_result: 'sent' });
      expect(await readiness(world)).toMatchObject({ status: 200 });

      await world.untilSettled(untold);
      expect(world.record(untold, 'isolated')).toMatchObject({ alert_result: 'failed', receive_count: 6 });
      expect(await world.log.until('aws_request_failed', { awsService: 'sns' })).toMatchObject({
        code: expect.stringContaining(code),
      });
      expect(await world.alerts()).toHaveLength(1);
      await eventually(async () => (await world.waiting()) === 0);
      expect(await world.worker.metrics()).toContain('isolator_alerts_total{result="failed"} 1');
    },
  );

  it('of another region is refused at the start, in a sentence', async () => {
    const policy = policyWith(ownTopic.replace(localRegion, 'eu-west-1'));
    const world = await open({ env: { POLICY: policy }, stopped: true });
    await expect(world.worker.start()).rejects.toThrow(
      /rules\[0\]\.alert must be a topic of the worker's own region: it must begin with arn:aws:sns:us-east-1:/,
    );
  });
});
