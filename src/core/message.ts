import type { OutcomeName } from './outcome.ts';

/** A message as the queue gave it. */
export interface Message {
  readonly id: string;
  readonly body: string;
  /** 1 on the first delivery, and on the first after a redrive. */
  readonly receiveCount: number;
  /** When it was sent; the same on every delivery, and another after a redrive, as is the id. */
  readonly sentAt: Date;
  /** `backfill` and `replay` stay out of the service level. `replay`: it was parked or recorded before. */
  readonly origin?: string;
}

/** Whether an earlier delivery, be it of a message that was redriven since, may have begun the work. */
export function isRepetition({ receiveCount, origin }: Message): boolean {
  return receiveCount > 1 || origin === 'replay';
}

/** How a message leaves the queue. What fails is not settled: it is thrown and backs off. */
export type Settlement =
  | { readonly by: 'delete' }
  | {
      readonly by: 'park';
      readonly outcome: OutcomeName;
      readonly reason: string;
      readonly findingId?: string;
    };
