import { expect, it } from 'vitest';
import { createBoundedSet } from '../../../src/core/bounded-set.ts';

it('a bounded set forgets what was added first, and nothing for what it has', () => {
  const set = createBoundedSet(2);
  for (const text of ['a', 'b', 'b']) set.add(text);

  expect(['a', 'b', 'c'].map(set.has)).toEqual([true, true, false]);

  set.add('c');

  expect(['a', 'b', 'c'].map(set.has)).toEqual([false, true, true]);
});
