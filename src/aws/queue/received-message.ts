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
    receiveCount: Number(received.Attributes?.ApproximateReceiveCount ?? 1),
    sentAt: new Date(Number(received.Attributes?.SentTimestamp ?? Date.now())),
    ...(origin !== undefined && { origin }),
    ...(replays !== undefined && { replays }),
  };
}
