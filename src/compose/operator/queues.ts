import { messagesIn, queueDepth } from '../../aws/queue/queue-depth.ts';
import type { OperatorClients } from './clients.ts';

/** Returns how many messages a queue holds: visible, in flight and delayed. */
export async function countMessages(clients: OperatorClients, queueUrl: string): Promise<number> {
  return messagesIn(await queueDepth(await clients.sqs(), queueUrl));
}
