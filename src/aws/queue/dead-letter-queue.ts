import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type MessageAttributeValue,
  ReceiveMessageCommand,
  type SQSClient,
  type Message as SqsMessage,
} from '@aws-sdk/client-sqs';
import { RetryableError } from '../../core/errors.ts';
import type { DeadLetterQueueName } from '../../core/operate/dead-letters/dead-letter.ts';
import type { DeadLetterQueue, HeldLetter } from '../../core/operate/dead-letters/each-letter.ts';
import { messagesIn, queueDepth } from './queue-depth.ts';
import { receiveCountOf, sentAtOf } from './received-message.ts';
import { batchResults } from './visibility.ts';

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
      const depth = await queueDepth(client, queueUrl);
      return { visible: depth.visible, all: messagesIn(depth) };
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
      // The answer to a single delete is empty, as a proxy's may be. That of a batch names what is deleted.
      const Entries = [{ Id: '0', ReceiptHandle: receiptHandle }];
      const answer = await client.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
      const result = batchResults(answer)(0);
      if (result.kind !== 'done') throw new RetryableError(result.code, 'the message was not deleted');
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
