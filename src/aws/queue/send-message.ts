import { type MessageAttributeValue, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { RetryableError } from '../../core/errors.ts';

/** SQS's limit for body and attributes together (aws-facts 4). */
export const maximumMessageBytes = 1_048_576;

/** Sends a message, and believes it only if the answer names the message. */
export async function sendMessage(
  client: SQSClient,
  queueUrl: string,
  body: string,
  attributes: Record<string, MessageAttributeValue>,
): Promise<void> {
  const { MessageId } = await client.send(
    new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body, MessageAttributes: attributes }),
  );
  // An answer without an id comes from a proxy. Without this check the sent message would be deleted next.
  if (MessageId === undefined)
    throw new RetryableError('NoMessageId', 'the answer to SendMessage has no message id');
}

/** Returns the bytes of attributes that count against the limit of a message. */
export function attributeBytes(attributes: Record<string, MessageAttributeValue>): number {
  return Object.entries(attributes).reduce(
    (sum, [name, { DataType = '', StringValue = '' }]) =>
      sum + Buffer.byteLength(name + DataType + StringValue),
    0,
  );
}
