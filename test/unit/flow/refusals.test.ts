import { beforeEach, describe, expect, it } from 'vitest';
import { createRefusals, type Need, type Refusals } from '../../../src/flow/refusals.ts';

const need: Need = 'put of records';
const hourMs = 3_600_000;
let nowMs: number;
let refusals: Refusals;

beforeEach(() => {
  nowMs = 0;
  refusals = createRefusals(() => nowMs);
});

/** Adds a refusal of each of these keys, one after the other, and returns what the last addition says. */
const add = (keys: readonly string[], everyMs = 0): boolean => {
  let last = false;
  for (const key of keys) {
    last = refusals.add(need, key);
    nowMs += everyMs;
  }
  return last;
};

describe('refusals in a row', () => {
  it('are enough at five over two keys', () => {
    expect(add(['a', 'b', 'a', 'a'])).toBe(false);
    expect(add(['a'])).toBe(true);
    expect(refusals.areEnough(need)).toBe(true);
  });

  it('are not enough where they are spread over months', () => {
    expect(add(['a', 'b', 'c', 'd', 'e', 'f', 'g'], 20 * 24 * hourMs)).toBe(false);
  });

  it('count for a day, the time in which the findings of a lasting fault come round', () => {
    expect(add(['a', 'b', 'c', 'd', 'e'], 6 * hourMs - 1)).toBe(true);
    refusals.forget(need);
    expect(add(['a', 'b', 'c', 'd', 'e'], 6 * hourMs)).toBe(false);
  });

  it('are of one key where the other was last refused more than a day ago', () => {
    add(['another']);
    nowMs += 24 * hourMs;

    expect(add(['a', 'a', 'a', 'a', 'a', 'a'])).toBe(false);
    expect(add(['b'])).toBe(true);
  });

  it('are over two keys, however often the first was refused since', () => {
    expect(add(['a', 'b', ...Array<string>(20).fill('b'), 'b'])).toBe(true);
  });

  it('are no longer enough after a day', () => {
    add(['a', 'b', 'c', 'd', 'e']);
    nowMs += 24 * hourMs;

    expect(refusals.areEnough(need)).toBe(false);
  });
});
