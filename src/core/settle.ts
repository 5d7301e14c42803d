import type { Settlement } from './message.ts';

/** The ways out of the findings queue for one message. */
export interface Exits {
  /** Sends it to the dead-letter queue with its reason. */
  park(parking: Extract<Settlement, { by: 'park' }>): Promise<void>;
  /** Deletes it from the findings queue. May return before that is done. */
  acknowledge(how: Settlement['by']): void | Promise<void>;
}

/** Park, then acknowledge: a crash between the two leaves the message in both queues, never in none. */
export async function settle(settlement: Settlement, exits: Exits): Promise<void> {
  if (settlement.by === 'park') await exits.park(settlement);
  await exits.acknowledge(settlement.by);
}
