import type { Message } from '../../../src/core/message.ts';

/** A message in the findings queue. */
export interface Queued {
  readonly message: Message;
  receives: number;
  /** Hidden by a receive or a back-off. */
  hidden: boolean;
  /** Of the newest receive. */
  handle: string | undefined;
  deleted: boolean;
}

export interface Parked {
  readonly sourceMessageId: string;
  readonly body: string;
  readonly reason: string | undefined;
  readonly outcome: string | undefined;
}

export interface ModelQueue {
  readonly queued: readonly Queued[];
  readonly deadLetters: readonly Parked[];
  isVisible(): boolean;
  receive(): { readonly message: Message; readonly handle: string } | undefined;
  /** Deletes by the newest handle; an older one is accepted and does nothing. */
  delete(handle: string): void;
  park(letter: Parked): void;
  /** Arrives; or is visible again: its time ran out, or SQS delivers it a second time. */
  reappear(index: number): void;
  fingerprint(): unknown;
}

/** SQS: at least once, in any order, since each message arrives when the scheduler says; what is received too often goes to the dead-letter queue by itself. */
export function createModelQueue(messages: readonly Message[], maximumReceives: number): ModelQueue {
  const queued: Queued[] = messages.map((message) => ({
    message,
    receives: 0,
    hidden: true,
    handle: undefined,
    deleted: false,
  }));
  const deadLetters: Parked[] = [];
  const visible = () => queued.find((entry) => !entry.deleted && !entry.hidden);

  return {
    queued,
    deadLetters,
    isVisible: () => visible() !== undefined,
    receive() {
      for (let entry = visible(); entry !== undefined; entry = visible()) {
        if (entry.receives >= maximumReceives) {
          entry.deleted = true;
          const { id, body } = entry.message;
          deadLetters.push({ sourceMessageId: id, body, reason: undefined, outcome: undefined });
          continue;
        }
        entry.receives += 1;
        entry.hidden = true;
        entry.handle = `${entry.message.id}#${entry.receives}`;
        return { message: { ...entry.message, receiveCount: entry.receives }, handle: entry.handle };
      }
      return undefined;
    },
    delete(handle) {
      const entry = queued.find((other) => other.handle === handle);
      if (entry) entry.deleted = true;
    },
    park: (letter) => void deadLetters.push(letter),
    reappear(index) {
      const entry = queued[index];
      if (entry) entry.hidden = false;
    },
    fingerprint: () => [
      queued.map(({ receives, hidden, handle, deleted }) => [receives, hidden, handle, deleted]),
      deadLetters.length,
    ],
  };
}
