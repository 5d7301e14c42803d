import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { Alert } from '../core/alert.ts';
import type { AlertTopic } from '../core/ports.ts';
import { retryable } from './aws-errors.ts';

/** An alert that takes longer is taken for failed, so that it cannot hold up the acknowledgement. */
const publishTimeoutMs = 5_000;

/** One message to one topic, with a text for each protocol; without a topic nobody is told. */
export function createAlertTopic(client: SNSClient, topicArn: string | undefined): AlertTopic {
  return {
    async publish(alert) {
      if (topicArn === undefined) return 'none';
      const command = new PublishCommand({
        TopicArn: topicArn,
        Subject: alert.subject,
        MessageStructure: 'json',
        Message: JSON.stringify({ default: alert.json, email: alert.email, sms: alert.sms }),
        MessageAttributes: attributes(alert),
      });
      try {
        await client.send(command, { abortSignal: AbortSignal.timeout(publishTimeoutMs) });
        return 'sent';
      } catch (error) {
        throw retryable(error, 'Publish');
      }
    },
  };
}

function attributes(alert: Alert) {
  return Object.fromEntries(
    Object.entries(alert.attributes).map(([name, value]) => [
      name,
      { DataType: 'String', StringValue: value },
    ]),
  );
}
