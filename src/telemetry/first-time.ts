import { createBoundedSet } from '../core/bounded-set.ts';

/** Answers whether a text comes for the first time. Of the texts that came, so many are remembered, the newest ones. */
export function createFirstTime(most: number): (text: string) => boolean {
  const seen = createBoundedSet(most);
  return (text) => {
    const isFirst = !seen.has(text);
    seen.add(text);
    return isFirst;
  };
}
