import type { MessageAttributeValue, SQSClient } from '@aws-sdk/client-sqs';
import type { FindingsSender } from '../../core/operate/findings-sender.ts';
import { attributeBytes, maximumMessageBytes, sendMessage } from './send-message.ts';

/** SQS's limit. */
const maximumAttributes = 10;

/** Sends to the findings queue, with the operator's permissions. Errors of the SDK are passed on. */
export function createFindingsSender(client: SQSClient, queueUrl: string): FindingsSender {
  return {
    async send(body, needed, more = {}) {
      const bytes = Buffer.byteLength(body) + attributeBytes(valuesOf(needed));
      if (bytes > maximumMessageBytes) return 'too-large';
      const all = valuesOf({ ...needed, ...more });
      const fits =
        Object.keys(all).length <= maximumAttributes &&
        Buffer.byteLength(body) + attributeBytes(all) <= maximumMessageBytes;
      await sendMessage(client, queueUrl, body, fits ? all : valuesOf(needed));
      return 'sent';
    },
  };
}

function valuesOf(texts: Readonly<Record<string, string>>): Record<string, MessageAttributeValue> {
  return Object.fromEntries(
    Object.entries(texts).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
  );
}
