import type { SQSClient } from '@aws-sdk/client-sqs';

interface Sent {
  readonly name: string;
  readonly input: Record<string, unknown>;
}

export interface FakeSqs {
  readonly client: SQSClient;
  readonly sent: Sent[];
}

interface Failing {
  readonly Failed?: readonly { readonly Id: string }[];
}

/**
 * The one method of the client that the queue's adapters use, answered by the test. What an answer leaves out is
 * added as SQS would: entries of a batch that did not fail are successful, and a message that was sent has an id.
 */
export function createFakeSqs(answer: (sent: Sent) => unknown = () => ({})): FakeSqs {
  const sent: Sent[] = [];
  const client = {
    async send(command: { constructor: { name: string }; input: Record<string, unknown> }) {
      const call = { name: command.constructor.name, input: command.input };
      sent.push(call);
      const given = (await answer(call)) as Failing;
      const failed = new Set((given.Failed ?? []).map(({ Id }) => Id));
      const entries = (call.input['Entries'] ?? []) as readonly { readonly Id: string }[];
      const Successful = entries.flatMap(({ Id }) => (failed.has(Id) ? [] : [{ Id }]));
      return { MessageId: 'sent', Successful, ...given };
    },
  };
  return { client: client as unknown as SQSClient, sent };
}
