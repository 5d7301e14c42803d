import { describe, expect, it } from 'vitest';
import { type BatchOptions, createBatches } from '../../../../src/aws/macie/batches.ts';

class Refusal extends Error {}

const ids = (count: number) => Array.from({ length: count }, (_, index) => `f${index}`);

/** Macie, which knows every id that begins with f and refuses calls with one that begins with `bad`. */
function batchesOver(overrides: Partial<BatchOptions<string>> = {}) {
  const calls: (readonly string[])[] = [];
  const find = createBatches<string>({
    async ask(asked) {
      calls.push(asked);
      if (asked.some((id) => id.startsWith('bad'))) throw new Refusal();
      return new Map(asked.filter((id) => id.startsWith('f')).map((id) => [id, `told ${id}`]));
    },
    isRefusal: (error) => error instanceof Refusal,
    lingerMs: 0,
    ...overrides,
  });
  return { calls, find };
}

describe('batches of ids', () => {
  it('ask for fifty ids by one call and for the rest by another', async () => {
    const { calls, find } = batchesOver();

    expect(await Promise.all(ids(51).map(find))).toStrictEqual(ids(51).map((id) => `told ${id}`));
    expect(calls.map((asked) => asked.length)).toStrictEqual([50, 1]);
  });

  it('answer the others where one forged id has the batch refused', async () => {
    const { calls, find } = batchesOver();

    expect(await Promise.all(['f1', 'bad', 'f2'].map(find))).toStrictEqual(['told f1', undefined, 'told f2']);
    expect(calls).toStrictEqual([['f1', 'bad', 'f2'], ['f1'], ['bad'], ['f2']]);
  });

  it('ask once for an id that several wait for, and keep what is known', async () => {
    const { calls, find } = batchesOver();

    await Promise.all([find('f1'), find('f1')]);
    await find('f1');

    expect(calls).toStrictEqual([['f1']]);
  });

  it('ask again for what was not known', async () => {
    const { calls, find } = batchesOver();

    expect(await find('unknown')).toBeUndefined();
    expect(await find('unknown')).toBeUndefined();
    expect(calls).toHaveLength(2);
  });

  it('forget the answer that was used longest ago', async () => {
    const { calls, find } = batchesOver({ maximumKept: 2 });
    for (const id of ['f1', 'f2', 'f1', 'f3', 'f1', 'f2']) await find(id);

    expect(calls.flat()).toStrictEqual(['f1', 'f2', 'f3', 'f2']);
  });

  it('fail for all who wait where the service is away, and ask again afterwards', async () => {
    let isAway = true;
    const { find } = batchesOver({
      async ask(asked) {
        if (isAway) throw new Error('away');
        return new Map(asked.map((id) => [id, 'told']));
      },
    });

    const both = await Promise.allSettled([find('f1'), find('f2')]);
    isAway = false;

    expect(both.map(({ status }) => status)).toStrictEqual(['rejected', 'rejected']);
    expect(await find('f1')).toBe('told');
  });

  it('have no more calls in flight than allowed', async () => {
    let inFlight = 0;
    let most = 0;
    const { find } = batchesOver({
      maximumIds: 1,
      maximumCalls: 2,
      async ask() {
        inFlight += 1;
        most = Math.max(most, inFlight);
        await new Promise(setImmediate);
        inFlight -= 1;
        return new Map();
      },
    });

    await Promise.all(ids(10).map(find));

    expect(most).toBe(2);
  });
});
