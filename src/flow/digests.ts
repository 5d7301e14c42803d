/** Decides which events are told at once and which are summed up, so that people keep reading. */
export interface Digests<Entry> {
  /** Returns `undefined` if the entry may be told at once; otherwise settles with the digest that sums it up. */
  fold(entry: Entry): Promise<void> | undefined;
  /** From now on digests are sent within a moment. Resolves when those that wait, and those under way, are sent or have failed. */
  hurry(): Promise<void>;
}

export interface DigestOptions<Entry, Sum> {
  /** How many entries of a window are told at once. */
  readonly atOnce: number;
  readonly windowMs: number;
  /** A digest of this many entries does not wait for the end of its window. */
  readonly most?: number;
  /** There is one digest for each group. */
  readonly groupOf: (entry: Entry) => string;
  readonly add: (sum: Sum | undefined, entry: Entry) => Sum;
  /** Sends one digest. */
  readonly send: (sum: Sum) => Promise<void>;
}

interface Digest<Sum> {
  sum?: Sum;
  count: number;
  readonly sent: PromiseWithResolvers<void>;
}

/** How long a digest gathers entries while the worker stops. */
const gatherMs = 500;

/**
 * In each window the first entries are told at once. The others of the window are told by one digest at its end. After
 * such a window nothing is told at once, until a window brings no more entries than may be told at once.
 */
export function createDigests<Entry, Sum>(options: DigestOptions<Entry, Sum>): Digests<Entry> {
  const { add, atOnce, groupOf, most = Number.POSITIVE_INFINITY, send, windowMs } = options;
  const waiting = new Map<string, Digest<Sum>>();
  const underWay = new Set<Promise<void>>();
  let window: { count: number; readonly isBusy: boolean } | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isHurried = false;
  let gathering: NodeJS.Timeout | undefined;

  const sendGroup = (group: string): void => {
    const digest = waiting.get(group);
    if (digest?.sum === undefined) return;
    waiting.delete(group);
    const sent = send(digest.sum)
      .then(digest.sent.resolve, digest.sent.reject)
      .finally(() => underWay.delete(sent));
    underWay.add(sent);
  };
  const sendAll = (): void => {
    gathering = undefined;
    for (const group of waiting.keys()) sendGroup(group);
  };
  const open = (isBusy: boolean) => {
    // While the worker stops, nobody waits for the end of a window.
    if (!isHurried) timer = setTimeout(close, windowMs);
    return { count: 0, isBusy };
  };
  const close = (): void => {
    const isBusy = window !== undefined && window.count > atOnce;
    window = isBusy ? open(true) : undefined;
    sendAll();
  };

  return {
    fold(entry) {
      window ??= open(false);
      window.count++;
      if (!window.isBusy && window.count <= atOnce) return undefined;
      const group = groupOf(entry);
      const digest = waiting.get(group) ?? { count: 0, sent: Promise.withResolvers<void>() };
      waiting.set(group, digest);
      digest.sum = add(digest.sum, entry);
      digest.count++;
      if (digest.count >= most) sendGroup(group);
      else if (isHurried) gathering ??= setTimeout(sendAll, gatherMs);
      return digest.sent.promise;
    },
    async hurry() {
      isHurried = true;
      clearTimeout(timer);
      sendAll();
      await Promise.all(underWay);
    },
  };
}
