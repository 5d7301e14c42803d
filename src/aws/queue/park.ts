import { createHash } from 'node:crypto';
import type { MessageAttributeValue, SQSClient } from '@aws-sdk/client-sqs';
import type { Message, Settlement } from '../../core/message.ts';
import { awsErrorName } from '../sdk/aws-errors.ts';
import { attributeBytes, maximumMessageBytes, sendMessage } from './send-message.ts';

export type Parking = Extract<Settlement, { by: 'park' }>;

/** Keeps a body that no longer fits into a message, and returns its key. */
export type KeepBody = (body: string, sha256: string) => Promise<string>;

const maximumValueLength = 256;

/**
 * Sends a message to the dead-letter queue with its reason. The caller deletes the message from the findings
 * queue afterwards: a crash between the two parks the message twice but never loses it.
 */
export async function park(
  client: SQSClient,
  deadLetterQueueUrl: string,
  message: Message,
  parking: Parking,
  keepBody: KeepBody,
): Promise<void> {
  const attributes = parkingAttributes(message, parking);
  const send = (body: string) => sendMessage(client, deadLetterQueueUrl, body, attributes);
  const fits = Buffer.byteLength(message.body) + attributeBytes(attributes) <= maximumMessageBytes;
  try {
    if (fits) return await send(message.body);
  } catch (error) {
    // A dead-letter queue may have a lower limit than SQS, or accept fewer characters.
    if (!/^Invalid(ParameterValue|MessageContents)/.test(awsErrorName(error))) throw error;
  }
  await send(await stubFor(message, parking, keepBody));
}

export function parkingAttributes(message: Message, parking: Parking): Record<string, MessageAttributeValue> {
  const values = {
    Reason: parking.reason,
    Outcome: parking.outcome,
    FindingId: parking.findingId,
    SourceMessageId: message.id,
    // The origin is for people. A message that is moved back is a replay because of its reason.
    Origin: message.origin,
    // A message that came back before is not sent a third time unasked.
    Replays: message.replays?.toString(),
  };
  const entries = Object.entries(values)
    .map(([name, value]) => [name, acceptable(value ?? '')] as const)
    .filter(([, value]) => value !== '');
  return Object.fromEntries(
    entries.map(([name, value]) => [name, { DataType: 'String', StringValue: value }]),
  );
}

/** Removes the characters that SQS refuses in an attribute, and cuts the value to 256 whole characters. */
function acceptable(value: string): string {
  const allowed = value
    .toWellFormed()
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '');
  return [...allowed].slice(0, maximumValueLength).join('');
}

async function stubFor(message: Message, parking: Parking, keepBody: KeepBody): Promise<string> {
  const sha256 = createHash('sha256').update(message.body).digest('hex');
  return JSON.stringify({
    sha256,
    size_bytes: Buffer.byteLength(message.body),
    source_message_id: message.id,
    reason: parking.reason,
    kept_at: await keepBody(message.body, sha256),
  });
}
