const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Characters that a terminal shows in two columns: those of East Asia (Unicode's UAX 11), and emoji. */
const wide =
  /[\p{Emoji_Presentation}\ufe0f\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u;
const without = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;

/** Returns how many columns of a terminal a text takes. A terminal may show rare characters in another width. */
export function displayWidth(text: string): number {
  // Nearly every text is plain, and a command may show a million.
  if (/^[ -~]*$/.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += widthOf(segment);
  return width;
}

/** Breaks a text into lines of at most `width` columns. Nothing is left out, and no character is taken apart. */
export function linesOfWidth(text: string, width: number): readonly string[] {
  if (displayWidth(text) <= width) return [text];
  const lines: string[] = [];
  let line = '';
  let taken = 0;
  for (const { segment } of graphemes.segment(text)) {
    const more = widthOf(segment);
    if (line !== '' && taken + more > width) {
      lines.push(line);
      line = '';
      taken = 0;
    }
    line += segment;
    taken += more;
  }
  return [...lines, line];
}

function widthOf(grapheme: string): number {
  if (wide.test(grapheme)) return 2;
  return without.test(grapheme) ? 0 : 1;
}
