import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageCommand,
  type MessageAttributeValue,
  ReceiveMessageCommand,
  type SQSClient,
  type Message as SqsMessage,
} from '@aws-sdk/client-sqs';
import type { DeadLetterQueueName } from '../../core/operate/dead-letters/dead-letter.ts';
import type { DeadLetterQueue, HeldLetter } from '../../core/operate/dead-letters/each-letter.ts';
import { queueDepth } from './queue-depth.ts';
import { receiveCountOf, sentAtOf } from './received-message.ts';

/** A long poll asks all hosts of SQS, so one second finds what there is. */
const waitSeconds = 1;

/** A dead-letter queue, with the operator's permissions. Errors of the SDK are passed on. */
export function createDeadLetterQueue(
  client: SQSClient,
  name: DeadLetterQueueName,
  queueUrl: string,
): DeadLetterQueue {
  return {
    name,
    async count() {
      return (await queueDepth(client, queueUrl)).visible;
    },
    async receive(count, hiddenSeconds) {
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({
          QueueUrl: queueUrl,
          MaxNumberOfMessages: count,
          VisibilityTimeout: hiddenSeconds,
          WaitTimeSeconds: waitSeconds,
          MessageAttributeNames: ['All'],
          MessageSystemAttributeNames: ['All'],
        }),
      );
      return Messages.flatMap((message) => letterOf(name, message) ?? []);
    },
    async giveBack(receiptHandles) {
      await client.send(
        new ChangeMessageVisibilityBatchCommand({
          QueueUrl: queueUrl,
          Entries: receiptHandles.map((ReceiptHandle, index) => ({
            Id: String(index),
            ReceiptHandle,
            VisibilityTimeout: 0,
          })),
        }),
      );
    },
    async delete({ receiptHandle }) {
      await client.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: receiptHandle }));
    },
  };
}

/** A message without id or receipt handle comes from a proxy, and can be neither named nor deleted. */
function letterOf(queue: DeadLetterQueueName, message: SqsMessage): HeldLetter | undefined {
  const { Attributes = {}, Body: body = '', MessageId: messageId, ReceiptHandle: receiptHandle } = message;
  if (messageId === undefined || receiptHandle === undefined) return undefined;
  return {
    queue,
    messageId,
    receiptHandle,
    body,
    sentAt: sentAtOf(message),
    receives: receiveCountOf(message),
    attributes: textsOf(message.MessageAttributes ?? {}),
    wasMovedBySqs: Attributes.DeadLetterQueueSourceArn !== undefined,
  };
}

/** Neither worker nor EventBridge sends binary attributes. */
function textsOf(attributes: Record<string, MessageAttributeValue>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(attributes).flatMap(([name, { StringValue: value }]) =>
      value === undefined ? [] : [[name, value]],
    ),
  );
}
