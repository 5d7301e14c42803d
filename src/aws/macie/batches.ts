import { createKept } from './kept.ts';

export interface BatchOptions<Answer> {
  /** One call. Returns answers by id, without the ids that are not known. */
  readonly ask: (ids: readonly string[]) => Promise<ReadonlyMap<string, Answer>>;
  /** Whether the error is about the ids that were asked for, so that other ids may be answered. */
  readonly isRefusal: (error: unknown, ids: readonly string[]) => boolean;
  /** How long the first id of a batch waits for others. */
  readonly lingerMs?: number;
  readonly maximumIds?: number;
  readonly maximumCalls?: number;
  /** How many answers are kept for redeliveries. The answer that was used longest ago is forgotten first. */
  readonly maximumKept?: number;
}

interface Waiting<Answer> {
  readonly id: string;
  readonly answered: PromiseWithResolvers<Answer | undefined>;
}

/**
 * Asks for many ids by few calls. While all calls are in flight, ids collect, so a slow or throttled service gets fuller
 * batches. Ids come from messages, and one forged id must not spoil the others: the ids of a refused batch are asked for
 * again one by one, and an id that is refused alone is not known. Only answers about known ids are kept.
 */
export function createBatches<Answer>(
  options: BatchOptions<Answer>,
): (id: string) => Promise<Answer | undefined> {
  const { ask, isRefusal, lingerMs = 20, maximumIds = 50, maximumCalls = 4, maximumKept = 10_000 } = options;
  const kept = createKept<Answer>(maximumKept);
  const asked = new Map<string, Promise<Answer | undefined>>();
  const waiting: Waiting<Answer>[] = [];
  const alone: Waiting<Answer>[] = [];
  let calls = 0;
  let timer: NodeJS.Timeout | undefined;

  const settle = async (batch: readonly Waiting<Answer>[]): Promise<void> => {
    const ids = batch.map(({ id }) => id);
    try {
      const answers = await ask(ids);
      for (const { id, answered } of batch) {
        const answer = answers.get(id);
        if (answer !== undefined) kept.keep(id, answer);
        answered.resolve(answer);
      }
    } catch (error) {
      if (!isRefusal(error, ids)) for (const { answered } of batch) answered.reject(error);
      else if (batch.length === 1) batch[0]?.answered.resolve(undefined);
      else alone.push(...batch);
    }
  };
  const begin = (lingered: boolean): void => {
    while (calls < maximumCalls) {
      const isDue = lingered ? waiting.length > 0 : waiting.length >= maximumIds;
      if (alone.length === 0 && !isDue) return;
      const batch = alone.length > 0 ? alone.splice(0, 1) : waiting.splice(0, maximumIds);
      calls += 1;
      void settle(batch).finally(() => {
        calls -= 1;
        begin(timer === undefined);
      });
    }
  };
  const enqueue = (id: string): Promise<Answer | undefined> => {
    const answered = Promise.withResolvers<Answer | undefined>();
    waiting.push({ id, answered });
    timer ??= setTimeout(() => {
      timer = undefined;
      begin(true);
    }, lingerMs);
    begin(false);
    return answered.promise;
  };

  return async (id) => {
    const known = kept.get(id);
    if (known !== undefined) return known;
    const running = asked.get(id) ?? enqueue(id).finally(() => asked.delete(id));
    asked.set(id, running);
    return running;
  };
}
