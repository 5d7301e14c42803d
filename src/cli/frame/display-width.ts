import stringWidth from 'string-width';

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Returns how many columns of a terminal a text takes. A terminal may show rare characters in another width. */
export function displayWidth(text: string): number {
  // Nearly every text is plain, and a command may show a million.
  return /^[ -~]*$/.test(text) ? text.length : stringWidth(text);
}

/** Breaks a text into lines of at most `width` columns. Nothing is left out, and no character is taken apart. */
export function linesOfWidth(text: string, width: number): readonly string[] {
  if (displayWidth(text) <= width) return [text];
  const lines: string[] = [];
  let line = '';
  let taken = 0;
  for (const { segment } of graphemes.segment(text)) {
    const more = displayWidth(segment);
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
