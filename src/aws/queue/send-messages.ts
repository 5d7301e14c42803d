import { setTimeout as pause } from 'node:timers/promises';
import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { RetryableError } from '../../core/errors.ts';

const maximumBatch = 10;
const attempts = 3;

/** Sends messages to the findings queue, ten in a call. Throws if one was not sent; the others may have been sent. */
export async function sendMessages(
  client: SQSClient,
  queueUrl: string,
  bodies: readonly string[],
  origin: string,
): Promise<void> {
  for (let start = 0; start < bodies.length; start += maximumBatch) {
    await sendBatch(client, queueUrl, bodies.slice(start, start + maximumBatch), origin);
  }
}

async function sendBatch(
  client: SQSClient,
  queueUrl: string,
  bodies: readonly string[],
  origin: string,
): Promise<void> {
  let remaining = bodies;
  for (let attempt = 1; ; attempt += 1) {
    const Entries = remaining.map((MessageBody, index) => ({
      Id: String(index),
      MessageBody,
      MessageAttributes: { Origin: { DataType: 'String', StringValue: origin } },
    }));
    const answer = await client.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
    const sent = new Set(answer.Successful?.flatMap(({ Id, MessageId }) => (MessageId ? [Id] : [])));
    remaining = remaining.filter((_, index) => !sent.has(String(index)));
    if (remaining.length === 0) return;
    const code = answer.Failed?.[0]?.Code ?? 'NoMessageId';
    if (attempt >= attempts) throw new RetryableError(code, 'the queue did not take a message');
    await pause(100 * attempt);
  }
}
