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
  /** A person sends a dead letter back: a new message with an id, a time and a receive count of its own. */
  redrive(index: number): void;
  mayRedrive(index: number): boolean;
  /** Told at the end of a message whether a limit holds its finding, and nothing else has ended it. */
  isHeld(message: Message, isHeld: boolean): void;
  /** A person sends the finding of a held message again: a new message. */
  resend(index: number): void;
  readonly held: readonly Message[];
  mayResend(index: number): boolean;
  fingerprint(): unknown;
}

/** SQS: at least once, in any order, since each message arrives when the scheduler says; what is received too often goes to the dead-letter queue by itself. */
export function createModelQueue(messages: readonly Message[], maximumReceives: number): ModelQueue {
  const fresh = (message: Message): Queued => ({
    message,
    receives: 0,
    hidden: true,
    handle: undefined,
    deleted: false,
  });
  const queued: Queued[] = messages.map(fresh);
  const redriven = new Set<number>();
  const deadLetters: Parked[] = [];
  const held: Message[] = [];
  const resent = new Set<number>();
  const mayResend = (index: number) => index < held.length && !resent.has(index);
  const visible = () => queued.find((entry) => !entry.deleted && !entry.hidden);

  return {
    queued,
    deadLetters,
    held,
    isHeld(message, isHeld) {
      const isWaiting = (other: Message, index: number) => other.body === message.body && mayResend(index);
      if (isHeld && !held.some(isWaiting)) held.push(message);
      if (!isHeld)
        for (const [index, other] of held.entries()) if (isWaiting(other, index)) resent.add(index);
    },
    mayResend,
    resend(index) {
      const message = held[index];
      if (message === undefined || !mayResend(index)) return;
      resent.add(index);
      const { id, body } = message;
      const sentAt = new Date(Date.parse('2026-11-20T23:00:00.000Z'));
      queued.push(fresh({ id: `${id}h`, body, receiveCount: 0, sentAt, origin: 'backfill' }));
    },
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
    mayRedrive: (index) => index < deadLetters.length && !redriven.has(index),
    redrive(index) {
      const letter = deadLetters[index];
      if (letter === undefined || redriven.has(index)) return;
      redriven.add(index);
      const sentAt = new Date(Date.parse('2026-11-20T23:00:00.000Z'));
      const origin = letter.reason === undefined ? {} : { origin: 'replay' };
      const message = {
        id: `${letter.sourceMessageId}r`,
        body: letter.body,
        receiveCount: 0,
        sentAt,
        ...origin,
      };
      queued.push(fresh(message));
    },
    reappear(index) {
      const entry = queued[index];
      if (entry) entry.hidden = false;
    },
    fingerprint: () => [
      queued.map(({ receives, hidden, handle, deleted }) => [receives, hidden, handle, deleted]),
      deadLetters.map(({ sourceMessageId, reason }) => [sourceMessageId, reason]),
      [...redriven].map(String).sort(),
      held.map(({ id }) => id),
      [...resent].map(String).sort(),
    ],
  };
}
