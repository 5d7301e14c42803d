import type { Settlement } from './message.ts';

/** The ways out of the findings queue for one message. */
export interface Exits {
  /** Sends the message to the dead-letter queue with its reason. */
  park(parking: Extract<Settlement, { by: 'park' }>): Promise<void>;
  /** Deletes the message from the findings queue. It may return before the message is deleted. */
  acknowledge(how: Settlement['by']): void | Promise<void>;
}

/** Parks first, then acknowledges: a crash between the two leaves the message in both queues, and never in none. */
export async function settle(settlement: Settlement, exits: Exits): Promise<void> {
  if (settlement.by === 'park') await exits.park(settlement);
  await exits.acknowledge(settlement.by);
}
