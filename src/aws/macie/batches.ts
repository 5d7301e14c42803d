import pLimit from 'p-limit';

export interface BatchOptions<Answer> {
  /** One call; answers by id, without those that are not known. */
  readonly ask: (ids: readonly string[]) => Promise<ReadonlyMap<string, Answer>>;
  /** Whether an error is about what was asked, so that other ids might be answered. */
  readonly isRefusal: (error: unknown) => boolean;
  /** How long the first id of a batch waits for others. */
  readonly lingerMs?: number;
  readonly maximumIds?: number;
  readonly maximumCalls?: number;
  /** How many answers are kept for redeliveries; those used longest ago are forgotten. */
  readonly maximumKept?: number;
}

interface Waiting<Answer> {
  readonly id: string;
  readonly answered: PromiseWithResolvers<Answer | undefined>;
}

/**
 * Asks for many ids by few calls. A batch that is refused is asked again one by one, since ids come from messages and one
 * forged id must not spoil the others. An id that is refused alone is not known. Only what is known is kept.
 */
export function createBatches<Answer>(
  options: BatchOptions<Answer>,
): (id: string) => Promise<Answer | undefined> {
  const { ask, isRefusal, lingerMs = 20, maximumIds = 50, maximumCalls = 4, maximumKept = 1_000 } = options;
  const limit = pLimit(maximumCalls);
  const kept = new Map<string, Answer>();
  const asked = new Map<string, Promise<Answer | undefined>>();
  let waiting: Waiting<Answer>[] = [];
  let timer: NodeJS.Timeout | undefined;

  const keep = (id: string, answer: Answer): void => {
    kept.delete(id);
    kept.set(id, answer);
    const [oldest = ''] = kept.keys();
    if (kept.size > maximumKept) kept.delete(oldest);
  };
  const settle = async (batch: readonly Waiting<Answer>[]): Promise<void> => {
    try {
      const answers = await limit(() => ask(batch.map(({ id }) => id)));
      for (const { id, answered } of batch) {
        const answer = answers.get(id);
        if (answer !== undefined) keep(id, answer);
        answered.resolve(answer);
      }
    } catch (error) {
      if (!isRefusal(error)) for (const { answered } of batch) answered.reject(error);
      else if (batch.length === 1) batch[0]?.answered.resolve(undefined);
      else await Promise.all(batch.map((each) => settle([each])));
    }
  };
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const batch = waiting;
    waiting = [];
    void settle(batch);
  };
  const enqueue = (id: string): Promise<Answer | undefined> => {
    const answered = Promise.withResolvers<Answer | undefined>();
    waiting.push({ id, answered });
    if (waiting.length >= maximumIds) flush();
    else timer ??= setTimeout(flush, lingerMs);
    return answered.promise;
  };

  return async (id) => {
    const known = kept.get(id);
    if (known !== undefined) {
      keep(id, known);
      return known;
    }
    const running = asked.get(id) ?? enqueue(id).finally(() => asked.delete(id));
    asked.set(id, running);
    return running;
  };
}
