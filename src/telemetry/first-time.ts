/** Answers whether a text comes for the first time. Of the texts that came, so many are remembered, the newest ones. */
export function createFirstTime(most: number): (text: string) => boolean {
  const seen = new Set<string>();
  return (text) => {
    if (seen.has(text)) return false;
    const [oldest] = seen;
    if (seen.size >= most && oldest !== undefined) seen.delete(oldest);
    seen.add(text);
    return true;
  };
}
