import {
  GetTopicAttributesCommand,
  paginateListSubscriptionsByTopic,
  type SNSClient,
} from '@aws-sdk/client-sns';
import { listOf, valueOf } from '../sdk/answered.ts';

/** Returns the subscriptions of a topic. One that is not confirmed has no ARN yet. Errors of the SDK are passed on. */
export async function subscriptionsOf(
  client: SNSClient,
  TopicArn: string,
): Promise<readonly { readonly isConfirmed: boolean }[]> {
  const found: { isConfirmed: boolean }[] = [];
  for await (const { Subscriptions } of paginateListSubscriptionsByTopic({ client }, { TopicArn })) {
    for (const { SubscriptionArn = '' } of listOf(Subscriptions, 'ListSubscriptionsByTopic')) {
      found.push({ isConfirmed: SubscriptionArn.startsWith('arn:') });
    }
  }
  return found;
}

/** Returns the id or ARN of the key that encrypts the messages of a topic. Errors of the SDK are passed on. */
export async function keyOfTopic(client: SNSClient, TopicArn: string): Promise<string | undefined> {
  const { Attributes } = await client.send(new GetTopicAttributesCommand({ TopicArn }));
  return valueOf(Attributes, 'GetTopicAttributes', 'attributes')['KmsMasterKeyId'];
}
