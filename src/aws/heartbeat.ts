import { ChangeMessageVisibilityBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';

export type ExtensionResult = 'extended' | 'failed' | 'lost';

export interface InFlight {
  /** The newest: each receive of a message brings another. */
  readonly receiptHandle: string;
  readonly receivedAtMs: number;
}

export interface Heartbeat {
  stop(): void;
}

/** SQS hides a message for 12 hours from its receive at most; an extension past that is refused. */
const longestHiddenMs = 12 * 60 * 60 * 1000;

/** One timer extends the visibility of everything in flight, three times in each timeout. */
export function startHeartbeat(
  client: SQSClient,
  queueUrl: string,
  visibilityTimeoutSeconds: number,
  inFlight: () => Iterable<InFlight>,
  onResult: (result: ExtensionResult) => void,
): Heartbeat {
  const beat = async (): Promise<void> => {
    const cap = Date.now() - longestHiddenMs + visibilityTimeoutSeconds * 1000;
    const young = [...inFlight()].filter((message) => message.receivedAtMs > cap);
    for (let start = 0; start < young.length; start += 10) {
      await extend(young.slice(start, start + 10));
    }
  };
  const extend = async (batch: readonly InFlight[]): Promise<void> => {
    try {
      const answer = await changeVisibility(client, queueUrl, batch, visibilityTimeoutSeconds);
      const failures = answer.Failed ?? [];
      for (const failure of failures) onResult(failure.SenderFault === true ? 'lost' : 'failed');
      for (let count = failures.length; count < batch.length; count += 1) onResult('extended');
    } catch {
      for (const _ of batch) onResult('failed');
    }
  };
  const timer = setInterval(() => void beat(), (visibilityTimeoutSeconds * 1000) / 3);
  return { stop: () => clearInterval(timer) };
}

/** At most ten at once. */
export function changeVisibility(
  client: SQSClient,
  queueUrl: string,
  batch: readonly Pick<InFlight, 'receiptHandle'>[],
  seconds: number,
) {
  return client.send(
    new ChangeMessageVisibilityBatchCommand({
      QueueUrl: queueUrl,
      Entries: batch.map(({ receiptHandle }, index) => ({
        Id: String(index),
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: seconds,
      })),
    }),
  );
}
