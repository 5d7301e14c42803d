import type { IdentifierDefinition } from './identifiers.ts';

/** Parts of PCRE that Macie does not support, each with its name. */
const unsupported: readonly (readonly [form: RegExp, name: string])[] = [
  [/^\\[1-9]|^\\[gk][{<'\d-]/, 'a back reference'],
  [/^\(\?(<?[=!])/, 'a look-ahead or look-behind'],
  [/^\(\?(P?<|')/, 'a capturing group'],
  [/^\((?!\?)/, 'a capturing group; write (?:…)'],
  [/^\(\?\(/, 'a condition'],
  [/^\(\?(R|\d|&|P>)/, 'a recursion'],
  [/^\(\?\??\{/, 'embedded code'],
];

/** Returns the part of a pattern that Macie does not support. */
export function unsupportedIn(regex: string): string | undefined {
  let inClass = false;
  for (let at = 0; at < regex.length; at += 1) {
    const rest = regex.slice(at);
    const found = inClass ? undefined : unsupported.find(([form]) => form.test(rest));
    if (found !== undefined) return found[1];
    const character = regex[at];
    if (character === '\\') at += 1;
    else if (character === '[') inClass = true;
    else if (character === ']') inClass = false;
  }
  return undefined;
}

/** Whether the pattern can be tried here at all: JavaScript knows `(?i)` only for a whole pattern. */
export function compiledHere(regex: string): RegExp | undefined {
  const isCaseless = regex.startsWith('(?i)');
  try {
    return new RegExp(isCaseless ? regex.slice(4) : regex, isCaseless ? 'gi' : 'g');
  } catch {
    return undefined;
  }
}

/**
 * Counts the matches as Macie does: a keyword must stand before the match, so that at most `maximumMatchDistance`
 * characters lie between the end of the keyword and the end of the match; a match that contains an ignore word does not
 * count. Returns `undefined` if the pattern cannot be tried here.
 */
export function countMatches(
  { ignoreWords, keywords, maximumMatchDistance, regex }: IdentifierDefinition,
  text: string,
): number | undefined {
  const pattern = compiledHere(regex);
  if (pattern === undefined) return undefined;
  const ends = keywords.flatMap((keyword) => endsOf(keyword.toLowerCase(), text.toLowerCase()));
  let count = 0;
  for (const { 0: found, index } of text.matchAll(pattern)) {
    if (found === '' || ignoreWords.some((word) => found.includes(word))) continue;
    const end = index + found.length;
    const isNear = ends.some((keywordEnd) => keywordEnd <= index && end - keywordEnd <= maximumMatchDistance);
    if (keywords.length === 0 || isNear) count += 1;
  }
  return count;
}

function endsOf(word: string, text: string): number[] {
  const ends: number[] = [];
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) ends.push(at + word.length);
  return ends;
}
