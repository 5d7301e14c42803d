import { randomUUID } from 'node:crypto';
import type { Message as SqsMessage } from '@aws-sdk/client-sqs';
import type { Message } from '../../core/message.ts';

/** The attributes that a receive must request so that `receivedMessage` finds them. */
export const systemAttributes = ['ApproximateReceiveCount', 'SentTimestamp'] as const;
export const messageAttributes = ['Origin', 'Reason', 'Replays'];

export function receivedMessage(received: SqsMessage): Message {
  const { Origin, Reason, Replays } = received.MessageAttributes ?? {};
  // Only the worker gives a reason, when it parks a message. So somebody moved the message back.
  const replays = /^[1-9]\d{0,5}$/.test(Replays?.StringValue ?? '')
    ? Number(Replays?.StringValue)
    : undefined;
  const origin = Reason ? 'replay' : Origin?.StringValue;
  return {
    // Two messages without an id must not count as the same message.
    id: received.MessageId ?? randomUUID(),
    body: received.Body ?? '',
    receiveCount: receiveCountOf(received),
    sentAt: sentAtOf(received),
    ...(origin !== undefined && { origin }),
    ...(replays !== undefined && { replays }),
  };
}

/** A receive count that cannot be read is 1: a message is not parked because of a count that nobody knows. */
export function receiveCountOf({ Attributes }: SqsMessage): number {
  const count = Attributes?.ApproximateReceiveCount ?? '';
  return /^[1-9]\d{0,8}$/.test(count) ? Number(count) : 1;
}

/**
 * A time of sending that cannot be read is the time of the receive. SQS gives milliseconds. A time that is no date would
 * make the record fail after the object was removed.
 */
export function sentAtOf({ Attributes }: SqsMessage): Date {
  const sent = Attributes?.SentTimestamp ?? '';
  return /^\d{13}$/.test(sent) ? new Date(Number(sent)) : new Date();
}
