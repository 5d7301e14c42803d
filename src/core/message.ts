import type { OutcomeName } from './outcome.ts';

/** A message as the queue gave it. */
export interface Message {
  readonly id: string;
  readonly body: string;
  /** 1 on the first delivery. */
  readonly receiveCount: number;
  /** When it was first sent; the same on every delivery and after a redrive. */
  readonly sentAt: Date;
  /** `backfill` and `replay` stay out of the service level. */
  readonly origin?: string;
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
