import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { commandLine } from './command-line.ts';
import type { World } from './world.ts';

/** Puts a message into a queue, as worker or EventBridge would. */
export async function sendTo(
  { sqs }: World,
  queueUrl: string,
  body: string,
  attributes: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { MessageId = '' } = await sqs.send(
    new SendMessageCommand({
      QueueUrl: queueUrl,
      MessageBody: body,
      MessageAttributes: Object.fromEntries(
        Object.entries(attributes).map(([name, value]) => [name, { DataType: 'String', StringValue: value }]),
      ),
    }),
  );
  return MessageId;
}

export interface Received {
  readonly body: string;
  readonly attributes: Readonly<Record<string, string | undefined>>;
}

/** What can be received from a queue now; it stays hidden for a while. */
export async function receivedFrom({ sqs }: World, queueUrl: string): Promise<readonly Received[]> {
  const all: Received[] = [];
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: 10,
        // The findings queue would wait for 20 s.
        WaitTimeSeconds: 0,
        MessageAttributeNames: ['All'],
      }),
    );
    if (Messages.length === 0) return all;
    for (const { Body = '', MessageAttributes = {} } of Messages) {
      const attributes = Object.entries(MessageAttributes).map(([name, value]) => [name, value.StringValue]);
      all.push({ body: Body, attributes: Object.fromEntries(attributes) });
    }
  }
}

/** Runs `dlq` with the settings of the world's worker; if asked, with the rules' dead-letter queue too. */
export function dlq(
  { aws }: World,
  argv: readonly string[],
  more: {
    readonly rules?: true;
    readonly env?: Readonly<Record<string, string>>;
    readonly answers?: string;
    readonly columns?: number;
    readonly saw?: (progress: string) => void;
  } = {},
) {
  const { env: overrides, rules, ...terminal } = more;
  const env = {
    ...aws.workerEnvironment,
    ...(rules && { RULES_DEAD_LETTER_QUEUE_URL: aws.dataPlane.rulesDeadLetterQueueUrl }),
    ...overrides,
  };
  return commandLine(['dlq', ...argv], env, terminal);
}
