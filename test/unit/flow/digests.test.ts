import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createDigests } from '../../../src/flow/digests.ts';

const windowMs = 60_000;
let sent: { readonly group: string; readonly entries: readonly string[] }[];
let failing: Error | undefined;

beforeEach(() => {
  vi.useFakeTimers();
  sent = [];
  failing = undefined;
});
afterEach(() => {
  vi.useRealTimers();
});

const digests = (atOnce = 2, most?: number) =>
  createDigests<string, string[]>({
    atOnce,
    windowMs,
    ...(most !== undefined && { most }),
    groupOf: (entry) => entry[0] ?? '',
    add: (sum = [], entry) => [...sum, entry],
    async send(entries) {
      if (failing) throw failing;
      sent.push({ group: entries[0]?.[0] ?? '', entries });
    },
  });
/** Folds the entries, and answers how many were left to be told at once, and when the others are told. */
const fold = (many: ReturnType<typeof digests>, ...entries: string[]) => {
  const answers = entries.map((entry) => ({ told: many.fold(entry) }));
  const folded = answers.flatMap(({ told }) => (told ? [told] : []));
  return { atOnce: entries.length - folded.length, told: async () => void (await Promise.all(folded)) };
};
const endOfWindow = () => vi.advanceTimersByTimeAsync(windowMs);

describe('digests', () => {
  it('leave the first alerts of a window to be sent at once, and sum up the other alerts at its end', async () => {
    const { atOnce, told } = fold(digests(), 'a1', 'a2', 'a3', 'a4');
    expect(atOnce).toBe(2);
    await vi.advanceTimersByTimeAsync(windowMs - 1);
    expect(sent).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(sent).toEqual([{ group: 'a', entries: ['a3', 'a4'] }]);
    await told();
  });

  it('sum up every alert after a full window, until a window is quiet', async () => {
    const many = digests();
    fold(many, 'a1', 'a2', 'a3');
    await endOfWindow();
    // As many as may be told at once: the rush is over with this window.
    expect(fold(many, 'a4', 'a5').atOnce).toBe(0);
    await endOfWindow();
    expect(sent.at(-1)?.entries).toEqual(['a4', 'a5']);
    expect(fold(many, 'a6', 'a7').atOnce).toBe(2);
  });

  it('are sent once in each window that is not quiet', async () => {
    const many = digests(1);
    for (let minute = 0; minute < 5; minute++) {
      fold(many, 'a', 'a', 'a');
      await endOfWindow();
    }
    expect(sent.map(({ entries }) => entries.length)).toEqual([2, 3, 3, 3, 3]);
  });

  it('are sent apart for each group of alerts', async () => {
    fold(digests(0), 'a1', 'b1', 'a2');
    await endOfWindow();
    expect(sent).toEqual([
      { group: 'a', entries: ['a1', 'a2'] },
      { group: 'b', entries: ['b1'] },
    ]);
  });

  it('that are full do not wait', async () => {
    const many = digests(0, 2);
    await fold(many, 'a1', 'a2').told();
    fold(many, 'a3');
    expect(sent).toEqual([{ group: 'a', entries: ['a1', 'a2'] }]);
    await endOfWindow();
    expect(sent.at(-1)?.entries).toEqual(['a3']);
  });

  it('that could not be sent fail for all that they sum up, and only for those', async () => {
    const many = digests(0);
    const failed = [many.fold('a1'), many.fold('a2')].map((told) => expect(told).rejects.toThrow('not now'));
    failing = new Error('not now');
    await endOfWindow();
    await Promise.all(failed);
    failing = undefined;
    const later = fold(many, 'a3');
    await endOfWindow();
    await later.told();
    expect(sent).toEqual([{ group: 'a', entries: ['a3'] }]);
  });

  it('are sent within a moment from a stop on', async () => {
    const many = digests(0);
    const waiting = fold(many, 'a1');
    await many.hurry();
    await waiting.told();
    expect(sent).toHaveLength(1);
    const folded = fold(many, 'a2', 'b1', 'a3');
    await vi.advanceTimersByTimeAsync(500);
    await folded.told();
    expect(sent.slice(1)).toEqual([
      { group: 'a', entries: ['a2', 'a3'] },
      { group: 'b', entries: ['b1'] },
    ]);
    const last = fold(many, 'a4');
    await many.hurry();
    await last.told();
    expect(vi.getTimerCount()).toBeLessThanOrEqual(1);
  });
});
