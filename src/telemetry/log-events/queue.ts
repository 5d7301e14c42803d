import { err, type LogEvent, ofMessage, repeated } from './log-event.ts';

/** The queue and the settlement of messages. */
export const queueLogEvents = {
  message_received: {
    when: 'a message was received; its body has not been read yet',
    levels: ['debug'],
    fields: { messageId: ofMessage.messageId, attempt: ofMessage.attempt },
  },
  message_settled: {
    when: 'a message was settled; `warn` if it is lost',
    levels: ['debug', 'warn'],
    fields: {
      ...ofMessage,
      how: '`delete`, `park`, `back-off`, `hand-back`, or `lost` if SQS no longer accepts the receipt handle, so that the message may be delivered again',
    },
  },
  settling_failed: {
    when: 'a message could not be settled and will be delivered again',
    levels: ['warn'],
    fields: { ...ofMessage, how: 'the settlement that failed', err },
  },
  visibility_not_extended: {
    when: 'the visibility timeout of a message in work could not be extended, so another worker may get the message too',
    levels: ['warn'],
    fields: { ...ofMessage, result: '`failed`, or `lost` if SQS no longer accepts the receipt handle' },
  },
  poll_failed: {
    when: 'a poll of the queue failed; logged once a minute at most for each code; `error` if polls have failed for a minute',
    levels: ['warn', 'error'],
    fields: { code: 'error code', repeated, err },
  },
  poll_recovered: { when: 'the queue answers again', levels: ['info'], fields: {} },
  queue_not_sampled: {
    when: 'a queue did not say how many messages it holds',
    levels: ['warn'],
    fields: { queue: '`findings` or `dead-letter`', code: 'code of the error', err },
  },
} as const satisfies Record<string, LogEvent>;
