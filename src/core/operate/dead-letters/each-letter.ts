import type { DeadLetter, DeadLetterQueueName } from './dead-letter.ts';

/** A message that this command holds: nobody else receives it for a time. */
export interface HeldLetter extends DeadLetter {
  readonly receiptHandle: string;
}

export interface LetterCount {
  readonly visible: number;
  readonly all: number;
}

/** A dead-letter queue, as a command asks it. Errors are passed on. */
export interface DeadLetterQueue {
  readonly name: DeadLetterQueueName;
  /** Returns about how many messages can be received, and how many there are with those that others hold. */
  count(): Promise<LetterCount>;
  /** Receives at most ten messages, and hides them for so many seconds. */
  receive(count: number, hiddenSeconds: number): Promise<readonly HeldLetter[]>;
  /** Shows messages again, at most ten. It does not matter if that fails: they come back by themselves. */
  giveBack(receiptHandles: readonly string[]): Promise<void>;
  delete(letter: HeldLetter): Promise<void>;
}

export interface PassOptions {
  readonly signal: AbortSignal;
  /** How many messages are received at once. */
  readonly batch?: number;
  readonly now?: () => number;
}

/** A command that dies in the middle hides what it holds for no longer than this. */
const hiddenSeconds = 120;
/** SQS may say that there is nothing although there is, since it asks a part of its hosts. */
const emptyAnswers = 3;
/** After so many answers with nothing new the rest is not looked for. */
const answersWithoutNews = 20;

/**
 * Goes over the messages of a dead-letter queue, each of them once. While the pass goes on they are hidden, so that
 * the queue gives the others; at its end those that are not in `gone` are shown again at once.
 */
export async function* eachLetter(
  queue: DeadLetterQueue,
  gone: ReadonlySet<string>,
  { batch = 10, now = Date.now, signal }: PassOptions,
): AsyncGenerator<HeldLetter> {
  const held = new Map<string, { readonly receiptHandle: string; readonly until: number }>();
  const { visible: about } = await queue.count();
  let empty = 0;
  let withoutNews = 0;
  // Workers may park faster than a pass can go.
  let left = 4 * Math.ceil(about / batch) + 100;
  try {
    while (left > 0 && withoutNews < answersWithoutNews && !signal.aborted) {
      left -= 1;
      const until = now() + hiddenSeconds * 1_000;
      const letters = await queue.receive(batch, hiddenSeconds);
      const fresh = letters.filter(({ messageId }) => !held.has(messageId));
      for (const { messageId, receiptHandle } of letters) held.set(messageId, { receiptHandle, until });
      withoutNews = fresh.length === 0 ? withoutNews + 1 : 0;
      empty = letters.length === 0 ? empty + 1 : 0;
      if (empty > 0 && (held.size >= about || empty === emptyAnswers)) return;
      for (const letter of fresh) {
        if (signal.aborted) return;
        yield letter;
      }
    }
  } finally {
    // After its time somebody else may hold a message.
    const ours = [...held].filter(([id, { until }]) => !gone.has(id) && until > now());
    const handles = ours.map(([, { receiptHandle }]) => receiptHandle);
    for (let at = 0; at < handles.length; at += 10) {
      await queue.giveBack(handles.slice(at, at + 10)).catch(() => undefined);
    }
  }
}
