import type { OutcomeName } from './outcome.ts';

/** A message as the queue delivered it. */
export interface Message {
  readonly id: string;
  readonly body: string;
  /** The receive count: 1 on the first delivery, and on the first delivery after a redrive. */
  readonly receiveCount: number;
  /** When the message was sent: the same on every delivery. A redrive gives the message a new time and a new id. */
  readonly sentAt: Date;
  /**
   * `backfill`, `manual` and `replay` are outside the objective. `manual`: the request of an operator. `replay`: the
   * message was parked or recorded before.
   */
  readonly origin?: string;
  /** How often a person sent the message again from a dead-letter queue. */
  readonly replays?: number;
}

/** Whether an earlier delivery may have begun the work, even of a message that was redriven since. */
export function isRepetition({ receiveCount, origin }: Message): boolean {
  return receiveCount > 1 || origin === 'replay';
}

/** How a message is settled by its outcome. A failed handling throws instead, and the message backs off. */
export type Settlement =
  | { readonly by: 'delete' }
  | {
      readonly by: 'park';
      readonly outcome: OutcomeName;
      readonly reason: string;
      readonly findingId?: string;
    };
