import { integer, queueUrl } from '../setting-types.ts';

export const defaultBackOff = { baseSeconds: 5, maxSeconds: 3_600 };

/** The settings of the queue: what is received, how much at a time, and what happens to messages that fail. */
export const queueSettings = {
  QUEUE_URL: queueUrl().meta({
    group: 'Queue',
    description:
      'URL of the SQS queue with the findings. The account in the URL must own the isolation bucket.',
  }),
  DEAD_LETTER_QUEUE_URL: queueUrl().optional().meta({
    group: 'Queue',
    description:
      'URL of the queue where messages are parked with their reason. If unset, the redrive policy of the findings queue moves them, without a reason.',
  }),
  RULES_DEAD_LETTER_QUEUE_URL: queueUrl().optional().meta({
    group: 'Queue',
    description:
      'URL of the queue where EventBridge puts findings that it could not deliver. Only `status` and the commands of `dlq` use it.',
  }),
  CONCURRENCY: integer(1, 1_000).prefault('50').meta({
    group: 'Queue',
    description: 'How many messages are in work at the same time, at most.',
  }),
  VISIBILITY_TIMEOUT_SECONDS: integer(5, 43_200).prefault('300').meta({
    group: 'Queue',
    description:
      'How long a message stays invisible to other receives. The worker extends the time while the message is in work.',
  }),
  WAIT_TIME_SECONDS: integer(1, 20).prefault('20').meta({
    group: 'Queue',
    description:
      'How long a receive waits for messages. After SIGTERM the worker waits for running receives, so a shorter time lets it stop sooner, but costs more calls.',
  }),
  BACKOFF_BASE_SECONDS: integer(1, 43_200).prefault(String(defaultBackOff.baseSeconds)).meta({
    group: 'Queue',
    description:
      'The first wait before a failed message becomes visible again. The wait doubles with each receive.',
  }),
  BACKOFF_MAX_SECONDS: integer(1, 43_200).prefault(String(defaultBackOff.maxSeconds)).meta({
    group: 'Queue',
    description: 'The longest wait before a failed message becomes visible again.',
  }),
  PARK_AFTER_RECEIVES: integer(1, 1_000).prefault('20').meta({
    group: 'Queue',
    description:
      'At this receive count a message that keeps failing is parked. Keep the value below the maxReceiveCount of the queue.',
  }),
};
