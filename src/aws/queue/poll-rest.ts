import { backOffSeconds } from '../../flow/back-off.ts';

/**
 * The time that a poller waits before it polls again. sqs-consumer itself polls again at once after most
 * errors and all answers.
 */
export interface PollRest {
  failed(): void;
  /** Notes how many messages an answer had, and how long it took. */
  answered(messages: number, afterMs: number): void;
  readonly ms: number;
}

/**
 * These times apply after empty answers that came long before the end of their wait; they double. A queue
 * that ignores the wait must not cause a busy loop.
 */
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
