import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand } from '@aws-sdk/client-sqs';
import { afterEach, expect, it } from 'vitest';
import { localAccount, localRegion } from '../../src/local/account.ts';
import { readAlerts } from '../../src/local/demo/look.ts';
import { eventually } from '../support/eventually.ts';
import { flagMany } from '../support/flag-many.ts';
import type { World } from '../support/world.ts';
import { worldsOfEachTest } from '../support/worlds.ts';

const theirTopic = `arn:aws:sns:${localRegion}:${localAccount}:theirs`;
/** The digests of one rule go to a topic of its own. */
const policy = [
  'version: 1',
  'rules:',
  '  - name: theirs',
  '    when: { bucket: "theirs-*" }',
  '    action: isolate',
  `    alert: ${theirTopic}`,
  '  - name: all',
  '    when: { key: "*" }',
  '    action: isolate',
  'default: alert',
].join('\n');
const open = worldsOfEachTest(() => ({ env: { POLICY: policy, ALERTS_PER_MINUTE: '1' } }));

const clients: SNSClient[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.destroy();
});

/** Makes the topic, and a queue that gets what is told there. */
async function theirInbox(world: World) {
  const sns = new SNSClient({ region: localRegion, endpoint: world.aws.queues.endpoint });
  clients.push(sns);
  await sns.send(new CreateTopicCommand({ Name: 'theirs' }));
  const { QueueUrl: url = '' } = await world.sqs.send(new CreateQueueCommand({ QueueName: 'their-inbox' }));
  const Endpoint = `arn:aws:sqs:${localRegion}:${localAccount}:their-inbox`;
  await sns.send(new SubscribeCommand({ TopicArn: theirTopic, Protocol: 'sqs', Endpoint }));
  return { alerts: () => readAlerts(world.sqs, url) };
}

const theirBucket = (world: World) =>
  world.aws.s3.store.createBucket('theirs-raw', { versioning: 'never' }).name;
const recorded = (world: World, ids: readonly string[]) =>
  ids.flatMap((id) => world.record(id, 'isolated')?.['alert_result'] ?? []);

it('a topic that denies its digest lets the findings of its rule alone come again, and is told once it admits them', async () => {
  const world = await open({ digestEveryMs: 500 });
  const { alerts } = await theirInbox(world);
  world.aws.queues.deny(theirTopic);

  const first = await flagMany(world, 1);
  for (const id of first.ids) await world.untilSettled(id);
  const theirs = await flagMany(world, 3, theirBucket(world));
  const others = await flagMany(world, 3);
  for (const findingId of theirs.ids)
    await world.log.until('handling_failed', { findingId, code: 'AlertFailed' });
  for (const id of others.ids) await world.untilSettled(id);

  expect(recorded(world, others.ids)).toHaveLength(3);
  expect(recorded(world, theirs.ids)).toEqual([]);
  expect(await world.parked()).toEqual([]);
  expect((await fetch(`http://127.0.0.1:${world.port}/readyz`)).status).toBe(200);

  world.aws.queues.permit(theirTopic);
  for (const id of theirs.ids) await world.untilSettled(id);
  expect(recorded(world, theirs.ids).filter((result) => result === 'failed')).toEqual([]);
  await eventually(async () => (await alerts()).length > 0);
});

it('a stop sends the digest of each topic, and acknowledges nothing of a topic that denies its digest', async () => {
  const world = await open({ digestEveryMs: 3_600_000 });
  const { alerts } = await theirInbox(world);
  // A window begins with an alert that is sent at once.
  const first = await flagMany(world, 1);
  for (const id of first.ids) await world.untilSettled(id);
  const bucket = theirBucket(world);
  const theirs = await flagMany(world, 3, bucket);
  const others = await flagMany(world, 3);
  const isGone = (of: string) => [0, 1, 2].every((index) => world.text(of, `in/${index}.csv`) === undefined);
  await eventually(() => isGone(bucket) && isGone(others.bucket));
  world.aws.queues.deny(theirTopic);

  await world.worker.stop('the end of the test');

  expect(recorded(world, others.ids)).toEqual(['folded', 'folded', 'folded']);
  expect(recorded(world, theirs.ids)).toEqual([]);
  expect(await world.waiting()).toBe(3);
  expect(await alerts()).toEqual([]);
});
