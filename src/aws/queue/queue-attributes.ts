import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { valueOf } from '../sdk/answered.ts';

/** Returns the settings of a queue, as SQS names them. Errors of the SDK are passed on. */
export async function queueAttributes(
  client: SQSClient,
  QueueUrl: string,
): Promise<Readonly<Record<string, string>>> {
  const { Attributes } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
  );
  return valueOf(Attributes, 'GetQueueAttributes', 'attributes');
}
