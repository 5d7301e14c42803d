/** Printable ASCII, cut to a number of characters. */
export function printable(text: string, maximum: number): string {
  return text.replace(/[^\u0020-\u007e]/g, '?').slice(0, maximum);
}

/**
 * Shows a value on one line. Control characters are escaped as in JSON. Backslashes stay doubled, so that an escape
 * sequence cannot be confused with the characters of a key.
 */
export function oneLine(value: unknown): string {
  const text = Array.isArray(value) ? value.join(', ') : String(value);
  const escaped = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"');
  // JSON does not escape direction marks and other invisible characters, which can disguise a key.
  return escaped.replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) => {
    return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
}
