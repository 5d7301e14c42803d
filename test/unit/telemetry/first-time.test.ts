import { expect, it } from 'vitest';
import { createFirstTime } from '../../../src/telemetry/first-time.ts';

it('a text comes for the first time once, as long as it is remembered', () => {
  const isFirst = createFirstTime(2);

  expect(['a', 'a', 'b', 'a', 'c', 'a'].map(isFirst)).toEqual([true, false, true, false, true, true]);
});
