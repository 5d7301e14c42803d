/**
 * Compiles a pattern: `*` stands for any characters, including `/` and newlines, and `\*` for a star. No
 * other character is special. The time is linear in the text: every literal part is searched once, from left
 * to right.
 */
export function matcherOf(pattern: string): (text: string) => boolean {
  const parts = literals(pattern);
  const [first = '', ...rest] = parts;
  if (rest.length === 0) return (text) => text === first;
  const last = rest.pop() ?? '';
  const middle = rest.filter((part) => part !== '');
  const shortest = parts.reduce((sum, part) => sum + part.length, 0);
  // Most rules of a policy are about something else, which the first character shows at the least cost.
  const begins = first === '' ? undefined : first.charCodeAt(0);
  return (text) => {
    if (text.length < shortest || (begins !== undefined && text.charCodeAt(0) !== begins)) return false;
    if (!text.startsWith(first) || !text.endsWith(last)) return false;
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

/** Compiles patterns of which one must match. */
export function anyMatcherOf(patterns: readonly string[]): (text: string) => boolean {
  const matchers = patterns.map(matcherOf);
  const [only] = matchers;
  if (matchers.length === 1 && only !== undefined) return only;
  return (text) => {
    for (const matcher of matchers) if (matcher(text)) return true;
    return false;
  };
}

/** Returns the pattern that matches exactly this text. */
export function literalPattern(text: string): string {
  return text.replaceAll('*', '\\*');
}

/** Returns the literal parts between the stars. */
function literals(pattern: string): string[] {
  return pattern.split(/(?<!\\)\*/).map((part) => part.replaceAll('\\*', '*'));
}
