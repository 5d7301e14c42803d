import { setTimeout as delay } from 'node:timers/promises';

/** Asks again until the answer is truthy: for what tells nobody when it happens. The test's own timeout ends it. */
export async function eventually<T>(ask: () => Promise<T> | T): Promise<NonNullable<T>> {
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    await delay(50);
  }
}
