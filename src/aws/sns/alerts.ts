import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { Alert } from '../../core/alert.ts';
import type { AlertTopic } from '../../core/alert-topic.ts';
import { createBoundedSet } from '../../core/bounded-set.ts';
import { RetryableError } from '../../core/errors.ts';
import { retryable } from '../sdk/aws-errors.ts';

/** An alert that takes longer counts as failed, so that it cannot delay the acknowledgement. */
const publishTimeoutMs = 5_000;

/** How many sent alerts are remembered. */
const remembered = 1_000;

/**
 * Publishes one message to the topic of the alert, or else to this topic, with a text for each protocol. Without a topic nobody is alerted. If a
 * message comes back because its record could not be written or it could not be parked, its alert is not sent
 * again by the same process.
 */
export function createAlertTopic(client: SNSClient, topicArn: string | undefined): AlertTopic {
  const sent = createBoundedSet(remembered);
  return {
    async publish(alert) {
      const topic = alert.topic ?? topicArn;
      if (topic === undefined) return 'none';
      if (sent.has(alert.json)) return 'sent';
      const command = new PublishCommand({
        TopicArn: topic,
        Subject: alert.subject,
        MessageStructure: 'json',
        Message: JSON.stringify({ default: alert.json, email: alert.email, sms: alert.sms }),
        MessageAttributes: attributes(alert),
      });
      try {
        const answer = await client.send(command, { abortSignal: AbortSignal.timeout(publishTimeoutMs) });
        // SNS always returns a message id. An answer without an id comes from a proxy, and nobody was
        // alerted.
        if (answer.MessageId === undefined) {
          throw new RetryableError('AnswerWithoutMessageId', 'the answer to Publish has no message id');
        }
        if (alert.messageId !== undefined) sent.add(alert.json);
        return 'sent';
      } catch (error) {
        throw retryable(error, 'Publish');
      }
    },
  };
}

function attributes(alert: Alert) {
  return Object.fromEntries(
    Object.entries(alert.attributes).map(([name, value]) => [name, attribute(value)]),
  );
}

/** A list of one value is a plain value, so that every subscriber can read it. */
function attribute(value: string | readonly string[]) {
  const list = typeof value === 'string' ? [value] : value;
  return list.length === 1
    ? { DataType: 'String', StringValue: list[0] }
    : { DataType: 'String.Array', StringValue: JSON.stringify(list) };
}
