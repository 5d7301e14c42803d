import { maximumBatch } from './visibility.ts';

/** Whether more messages wait in the queue, judging by the last answer. */
export interface Backlog {
  readonly isPresent: () => boolean;
  /**
   * Notes the size of an answer. Only a full answer wakes the other pollers: more pollers with a few slots
   * each would only poll more often.
   */
  seen(received: number, asked: number): void;
  end(): void;
  wake(): void;
  /** Resolves when an answer was full, or at `wake`. */
  large(): Promise<void>;
}

export function createBacklog(): Backlog {
  let isPresent = false;
  let isLarge = false;
  const waiting: (() => void)[] = [];
  const wake = (): void => {
    for (const resolve of waiting.splice(0)) resolve();
  };
  return {
    isPresent: () => isPresent,
    seen(received, asked) {
      isPresent = received >= asked;
      isLarge = received >= maximumBatch;
      if (isLarge) wake();
    },
    end() {
      isPresent = false;
      isLarge = false;
    },
    wake,
    async large() {
      if (!isLarge) await new Promise<void>((resolve) => waiting.push(resolve));
    },
  };
}
