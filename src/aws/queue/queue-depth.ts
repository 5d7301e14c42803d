import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { RetryableError } from '../../core/errors.ts';

export interface QueueDepth {
  readonly visible: number;
  readonly in_flight: number;
  readonly delayed: number;
}

/** All messages of a queue: visible, in flight and delayed. */
export function messagesIn({ delayed, in_flight, visible }: QueueDepth): number {
  return visible + in_flight + delayed;
}

/** Returns the approximate number of messages in a queue: SQS counts over its hosts. */
export async function queueDepth(client: SQSClient, queueUrl: string): Promise<QueueDepth> {
  const answer = await client.send(
    new GetQueueAttributesCommand({
      QueueUrl: queueUrl,
      AttributeNames: [
        'ApproximateNumberOfMessages',
        'ApproximateNumberOfMessagesNotVisible',
        'ApproximateNumberOfMessagesDelayed',
      ],
    }),
  );
  const { Attributes = {} } = answer;
  return {
    visible: countOf(Attributes.ApproximateNumberOfMessages),
    in_flight: countOf(Attributes.ApproximateNumberOfMessagesNotVisible),
    delayed: countOf(Attributes.ApproximateNumberOfMessagesDelayed),
  };
}

/** An unknown number must not be shown as 0. */
function countOf(text: string | undefined): number {
  if (!/^\d+$/.test(text ?? ''))
    throw new RetryableError('UnknownDepth', 'SQS does not say how many messages there are');
  return Number(text);
}

const sampleMs = 60_000;

/** Samples each queue at the start and then once a minute. Reports the error if a queue does not answer. */
export function sampleQueues<Name extends string>(
  client: SQSClient,
  queueUrls: Readonly<Record<Name, string | undefined>>,
  onSample: (name: Name, depth: QueueDepth | Error) => void,
): { start(): void; stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const sample = async (name: Name, url: string): Promise<void> => {
    const depth = await queueDepth(client, url).catch((error: unknown) =>
      error instanceof Error ? error : new RetryableError('UnknownDepth', String(error)),
    );
    if (!stopped) onSample(name, depth);
  };
  const sampleAll = (): void => {
    for (const name of Object.keys(queueUrls) as Name[]) {
      const url = queueUrls[name];
      if (url !== undefined) void sample(name, url);
    }
  };
  return {
    start() {
      sampleAll();
      timer = setInterval(sampleAll, sampleMs);
    },
    stop() {
      stopped = true;
      clearInterval(timer);
    },
  };
}
