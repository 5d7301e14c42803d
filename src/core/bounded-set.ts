/** A set of texts that remembers a bounded number of them. The text that was added first is forgotten first. */
export interface BoundedSet {
  has(text: string): boolean;
  add(text: string): void;
}

export function createBoundedSet(most: number): BoundedSet {
  const texts = new Set<string>();
  return {
    has: (text) => texts.has(text),
    add(text) {
      if (texts.has(text)) return;
      const [oldest] = texts;
      if (texts.size >= most && oldest !== undefined) texts.delete(oldest);
      texts.add(text);
    },
  };
}
