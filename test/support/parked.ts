import { ReceiveMessageCommand, type SQSClient, type Message as SqsMessage } from '@aws-sdk/client-sqs';

export interface Parked {
  readonly body: string;
  readonly reason: string | undefined;
  readonly outcome: string | undefined;
  readonly findingId: string | undefined;
  readonly sourceMessageId: string | undefined;
}

/** What can be received from a dead-letter queue now; it stays there. */
export async function readParked(sqs: SQSClient, queueUrl: string): Promise<readonly Parked[]> {
  const messages: SqsMessage[] = [];
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: 10,
        MessageAttributeNames: ['All'],
      }),
    );
    if (Messages.length === 0) break;
    messages.push(...Messages);
  }
  return messages.map(({ Body = '', MessageAttributes = {} }) => ({
    body: Body,
    reason: MessageAttributes['Reason']?.StringValue,
    outcome: MessageAttributes['Outcome']?.StringValue,
    findingId: MessageAttributes['FindingId']?.StringValue,
    sourceMessageId: MessageAttributes['SourceMessageId']?.StringValue,
  }));
}
