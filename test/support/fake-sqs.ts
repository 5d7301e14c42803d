import type { SQSClient } from '@aws-sdk/client-sqs';

interface Sent {
  readonly name: string;
  readonly input: Record<string, unknown>;
}

export interface FakeSqs {
  readonly client: SQSClient;
  readonly sent: Sent[];
}

/** The one method of the client that the queue's adapters use, answered by the test. */
export function createFakeSqs(answer: (sent: Sent) => unknown = () => ({})): FakeSqs {
  const sent: Sent[] = [];
  const client = {
    async send(command: { constructor: { name: string }; input: Record<string, unknown> }) {
      const call = { name: command.constructor.name, input: command.input };
      sent.push(call);
      return answer(call);
    },
  };
  return { client: client as unknown as SQSClient, sent };
}
