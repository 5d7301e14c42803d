import { GetQueueUrlCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { valueOf } from '../sdk/answered.ts';

/** Returns those of the names that queues of the caller's account have. Errors of the SDK are passed on. */
export async function existingQueues(
  client: SQSClient,
  names: readonly string[],
): Promise<readonly string[]> {
  const existing: string[] = [];
  for (const QueueName of names) {
    try {
      const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName }));
      valueOf(QueueUrl, 'GetQueueUrl', 'URL');
      existing.push(QueueName);
    } catch (error) {
      if (!isAbsent(error)) throw error;
    }
  }
  return existing;
}

/** The client has both names, for the two protocols of SQS. */
function isAbsent(error: unknown): boolean {
  return (
    error instanceof Error &&
    ['QueueDoesNotExist', 'AWS.SimpleQueueService.NonExistentQueue'].includes(error.name)
  );
}
