import { queueDepth } from '../../aws/queue/queue-depth.ts';
import type { OperatorClients } from './clients.ts';

/** Returns how many messages the findings queue holds: visible, in flight and delayed. */
export async function waitingIn(
  clients: OperatorClients,
  { QUEUE_URL }: { readonly QUEUE_URL: string },
): Promise<number> {
  const { delayed, in_flight, visible } = await queueDepth(await clients.sqs(), QUEUE_URL);
  return visible + in_flight + delayed;
}
