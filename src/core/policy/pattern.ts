/**
 * A pattern as a function: `*` stands for any characters, `/` and newlines included, `\*` for a star; nothing
 * else is special. The time is linear in the text: every literal part is looked for once, from left to right.
 */
export function matcherOf(pattern: string): (text: string) => boolean {
  const parts = literals(pattern);
  const [first = '', ...rest] = parts;
  if (rest.length === 0) return (text) => text === first;
  const last = rest.pop() ?? '';
  const middle = rest.filter((part) => part !== '');
  const shortest = parts.reduce((sum, part) => sum + part.length, 0);
  return (text) => {
    if (text.length < shortest || !text.startsWith(first) || !text.endsWith(last)) return false;
    const end = text.length - last.length;
    let at = first.length;
    for (const part of middle) {
      const found = text.indexOf(part, at);
      if (found < 0 || found + part.length > end) return false;
      at = found + part.length;
    }
    return true;
  };
}

/** The pattern as people write it, for a text that is to be matched as it is. */
export function literalPattern(text: string): string {
  return text.replaceAll('*', '\\*');
}

/** What lies between the stars. */
function literals(pattern: string): string[] {
  return pattern.split(/(?<!\\)\*/).map((part) => part.replaceAll('\\*', '*'));
}
