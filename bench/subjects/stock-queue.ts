import { Consumer } from 'sqs-consumer';
import type { createQueue as createOwnQueue } from '../../src/aws/queue/queue.ts';
import { receivedMessage } from '../../src/aws/queue/received-message.ts';

const batchSize = 10;

/**
 * The queue as sqs-consumer does it by itself: as many consumers as make up the concurrency, each of which
 * receives ten messages, handles them at the same time, and receives again when all ten are done.
 */
export const createQueue: typeof createOwnQueue = (clients, handle, _gate, _events, options) => {
  const never = new AbortController().signal;
  const consumers = Array.from({ length: Math.ceil(options.concurrency / batchSize) }, () =>
    Consumer.create({
      queueUrl: options.queueUrl,
      sqs: clients.settle,
      batchSize,
      waitTimeSeconds: options.waitTimeSeconds,
      messageSystemAttributeNames: ['ApproximateReceiveCount', 'SentTimestamp'],
      handleMessage: async (message) => {
        await handle(receivedMessage(message), never, () => undefined);
        return message;
      },
    }),
  );
  return {
    start() {
      for (const consumer of consumers) consumer.start();
    },
    async drain() {
      for (const consumer of consumers) consumer.stop();
    },
    hurry: () => undefined,
    limitChanged: () => undefined,
    hasBacklog: () => false,
    isPolling: () => true,
  };
};
