import { CreateTopicCommand, PublishCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { localAccount } from '../../../src/local/account.ts';
import { type QueuesStandIn, startQueues } from '../../../src/local/queues/start-queues.ts';

const other = '111122223333';
let queues: QueuesStandIn;
const clients: { destroy(): void }[] = [];
beforeEach(async () => {
  queues = await startQueues({
    // In these tests an access key is the account's id, and any other key is the local account's.
    accountOf: (key) => (key === 'ended' ? 'expired' : /^\d+$/.test(key) ? key : localAccount),
  });
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await queues.close();
});

const settings = (accessKeyId: string, region: string) => ({
  region,
  endpoint: queues.endpoint,
  credentials: { accessKeyId, secretAccessKey: 'local' },
});
function sqs(accessKeyId = 'local', region = 'us-east-1'): SQSClient {
  const client = new SQSClient({ ...settings(accessKeyId, region), useQueueUrlAsEndpoint: false });
  clients.push(client);
  return client;
}
function sns(accessKeyId = 'local', region = 'us-east-1'): SNSClient {
  const client = new SNSClient(settings(accessKeyId, region));
  clients.push(client);
  return client;
}
async function queueOf(client: SQSClient): Promise<{ url: string; arn: string }> {
  const { QueueUrl: url = '' } = await client.send(new CreateQueueCommand({ QueueName: 'findings' }));
  const { Attributes } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['QueueArn'] }),
  );
  return { url, arn: Attributes?.['QueueArn'] ?? '' };
}
const topicOf = async (client: SNSClient) =>
  (await client.send(new CreateTopicCommand({ Name: 'alerts' }))).TopicArn ?? '';
const send = (client: SQSClient, QueueUrl: string, MessageBody = 'body') =>
  client.send(new SendMessageCommand({ QueueUrl, MessageBody }));
const publish = (client: SNSClient, TopicArn: string) =>
  client.send(new PublishCommand({ TopicArn, Message: `of ${other} and ${localAccount}` }));
const bodies = async (client: SQSClient, QueueUrl: string) =>
  ((await client.send(new ReceiveMessageCommand({ QueueUrl }))).Messages ?? []).map(({ Body }) => Body);

describe('the stand-in for SQS', () => {
  it('holds queues of several accounts and regions apart, under one name', async () => {
    const places = [sqs(), sqs(other), sqs('local', 'eu-west-1'), sqs(other, 'eu-west-1')];
    const made = await Promise.all(places.map(queueOf));
    expect(made.map(({ arn }) => arn)).toEqual([
      `arn:aws:sqs:us-east-1:${localAccount}:findings`,
      `arn:aws:sqs:us-east-1:${other}:findings`,
      `arn:aws:sqs:eu-west-1:${localAccount}:findings`,
      `arn:aws:sqs:eu-west-1:${other}:findings`,
    ]);
    const texts = ['a', 'b', `of ${localAccount}`, `of ${other}`];
    for (const [index, { url }] of made.entries()) await send(places[index] as SQSClient, url, texts[index]);
    const received = await Promise.all(made.map(({ url }, index) => bodies(places[index] as SQSClient, url)));
    expect(received).toEqual(texts.map((text) => [text]));
  });

  it('refuses a queue of another region, as no queue is there', async () => {
    const { url } = await queueOf(sqs());
    await expect(send(sqs('local', 'eu-west-1'), url)).rejects.toMatchObject({ name: 'QueueDoesNotExist' });
  });

  it('refuses a queue of another account that is not there', async () => {
    const { url } = await queueOf(sqs());
    const elsewhere = url.replace(localAccount, other);
    await expect(send(sqs(), elsewhere)).rejects.toMatchObject({ name: 'QueueDoesNotExist' });
  });

  it('denies a queue of another account unless that account shares it', async () => {
    const { arn, url } = await queueOf(sqs(other));
    await expect(send(sqs(), url)).rejects.toMatchObject({
      name: 'AccessDenied',
      $metadata: { httpStatusCode: 403 },
    });
    queues.share(arn);
    await send(sqs(), url, 'shared');
    expect(await bodies(sqs(other), url)).toEqual(['shared']);
  });

  it('denies what is denied to everybody, refuses ended sessions and foreign signatures', async () => {
    const { arn, url } = await queueOf(sqs());
    await expect(send(sqs('ended'), url)).rejects.toMatchObject({ name: 'ExpiredToken' });
    queues.deny(arn);
    await expect(send(sqs(), url)).rejects.toMatchObject({ name: 'AccessDenied' });
    const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AmazonSQS.SendMessage' };
    const ask = (authorization?: string) =>
      fetch(queues.endpoint, {
        method: 'POST',
        headers: { ...headers, ...(authorization && { authorization }) },
        body: JSON.stringify({ QueueUrl: url, MessageBody: 'body' }),
      });
    expect(await (await ask()).text()).toContain('MissingAuthenticationToken');
    const scope = 'AWS4-HMAC-SHA256 Credential=local/20261128/us-east-1/sns/aws4_request, SignedHeaders=host';
    expect(await (await ask(scope)).text()).toContain("correct service: 'sqs'");
  });
});

describe('the stand-in for SNS', () => {
  it('refuses a topic of another region', async () => {
    const topic = await topicOf(sns());
    await expect(publish(sns('local', 'eu-west-1'), topic)).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'Invalid parameter: TopicArn',
    });
  });

  it('refuses a topic that is not there', async () => {
    const topic = await topicOf(sns());
    await expect(publish(sns(), `${topic}-gone`)).rejects.toMatchObject({ name: 'NotFoundException' });
    const there = topic.replace('us-east-1', 'eu-west-1');
    await expect(publish(sns('local', 'eu-west-1'), there)).rejects.toMatchObject({
      name: 'NotFoundException',
    });
  });

  it('denies a topic of another account, there or not, unless that account shares it', async () => {
    const topic = await topicOf(sns(other));
    expect(topic).toBe(`arn:aws:sns:us-east-1:${other}:alerts`);
    const { arn, url } = await queueOf(sqs(other));
    await sns(other).send(new SubscribeCommand({ TopicArn: topic, Protocol: 'sqs', Endpoint: arn }));
    for (const denied of [topic, `${topic}-gone`])
      await expect(publish(sns(), denied)).rejects.toMatchObject({ name: 'AuthorizationErrorException' });
    queues.share(topic);
    await publish(sns(), topic);
    expect(await bodies(sqs(other), url)).toEqual([
      expect.stringContaining(`of ${other} and ${localAccount}`),
    ]);
  });

  it('denies a topic of its own account', async () => {
    const topic = await topicOf(sns());
    queues.deny(topic);
    await expect(publish(sns(), topic)).rejects.toMatchObject({ name: 'AuthorizationErrorException' });
  });
});
