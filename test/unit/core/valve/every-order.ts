import { setImmediate as turn } from 'node:timers/promises';
import { RetryableError } from '../../../../src/core/errors.ts';
import type { ControlObjects } from '../../../../src/core/valve/control-objects.ts';

/** Calls of several actors that wait to be answered, in an order that the explorer chooses. */
export interface Scheduler {
  /**
   * The same objects; each call waits for its turn. Where faults are allowed, the answer to a write may be lost: for
   * good, or so that the client repeats the write.
   */
  objectsFor(actor: string, objects: ControlObjects): ControlObjects;
  /** Anything else that takes its turn among the calls. */
  step(actor: string): Promise<void>;
}

interface Waiting {
  readonly actor: string;
  readonly mayBeLost: boolean;
  answer(lost: Lost): void;
}

type Lost = 'not' | 'for-good' | 'and-repeated';

/**
 * Runs a small world once for every order in which its calls can be answered, and with up to `faults` answers
 * lost after the call took effect. Resolves with the number of orders.
 */
export async function inEveryOrder(
  world: (scheduler: Scheduler) => { readonly actors: readonly Promise<unknown>[]; check(): void },
  faults: number,
): Promise<number> {
  let path: number[] = [];
  for (let orders = 1; ; orders++) {
    const options = await runOnce(world, faults, path);
    const depth = options.findLastIndex((count, at) => (path[at] ?? 0) + 1 < count);
    if (depth < 0) return orders;
    path = [...options.keys()].slice(0, depth + 1).map((at) => (path[at] ?? 0) + (at === depth ? 1 : 0));
  }
}

/** Answers how many choices there were at each step. */
async function runOnce(
  world: Parameters<typeof inEveryOrder>[0],
  faults: number,
  path: readonly number[],
): Promise<number[]> {
  const waiting: Waiting[] = [];
  let lostLeft = faults;
  const turnOf = (actor: string, mayBeLost: boolean) =>
    new Promise<Lost>((resolve) => {
      waiting.push({ actor, mayBeLost, answer: resolve });
    });
  const scheduler: Scheduler = {
    step: async (actor) => void (await turnOf(actor, false)),
    objectsFor: (actor, objects) => ({
      async read(key) {
        await turnOf(actor, false);
        return objects.read(key);
      },
      async write(key, text, ifMatch) {
        const lost = await turnOf(actor, true);
        const answer = await objects.write(key, text, ifMatch);
        if (lost === 'for-good') throw new RetryableError('TimeoutError', 'the answer was lost');
        if (lost === 'and-repeated') return objects.write(key, text, ifMatch);
        return answer;
      },
    }),
  };
  const { actors, check } = world(scheduler);
  let running = true;
  const ended = Promise.allSettled(actors).finally(() => {
    running = false;
  });
  const options: number[] = [];
  for (;;) {
    await turn();
    if (!running) break;
    waiting.sort((one, other) => one.actor.localeCompare(other.actor));
    const ways = (call: Waiting): readonly Lost[] =>
      call.mayBeLost && lostLeft > 0 ? ['not', 'for-good', 'and-repeated'] : ['not'];
    const choices = waiting.flatMap((call) => ways(call).map((lost) => ({ call, lost })));
    const chosen = choices[path[options.length] ?? 0];
    if (chosen === undefined) throw new Error('every actor waits for something that is no call');
    options.push(choices.length);
    if (chosen.lost !== 'not') lostLeft--;
    waiting.splice(waiting.indexOf(chosen.call), 1);
    chosen.call.answer(chosen.lost);
  }
  await ended;
  check();
  return options;
}
