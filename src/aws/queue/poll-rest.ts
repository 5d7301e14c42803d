import { backOffSeconds } from '../../flow/back-off.ts';

/** How long a poller waits before it asks again: sqs-consumer itself asks at once after most errors and all answers. */
export interface PollRest {
  failed(): void;
  /** How many messages an answer brought, and how long it took. */
  answered(messages: number, afterMs: number): void;
  readonly ms: number;
}

/** After empty answers that came long before their wait was over, doubling: what ignores the wait must make no hot loop. */
const shortestMs = 100;
const longestMs = 5_000;

export function createPollRest(waitTimeSeconds: number): PollRest {
  let errors = 0;
  let emptySoon = 0;
  return {
    failed() {
      errors += 1;
    },
    answered(messages, afterMs) {
      errors = 0;
      const isSoon = messages === 0 && afterMs < (1_000 * waitTimeSeconds) / 2;
      emptySoon = isSoon ? emptySoon + 1 : 0;
    },
    get ms() {
      if (errors > 0) return 1_000 * backOffSeconds(errors, { baseSeconds: 1, maxSeconds: 20 });
      return emptySoon > 0 ? Math.min(longestMs, shortestMs * 2 ** (emptySoon - 1)) : 0;
    },
  };
}
