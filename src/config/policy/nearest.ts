/** Returns the known word that is closest to a misspelt word, or `undefined` if no word is close. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const [best] = known
    .map((name) => ({ name, far: distance(name.toLowerCase(), word.toLowerCase()) }))
    .filter(({ far, name }) => far <= Math.ceil(name.length / 3))
    .toSorted((one, other) => one.far - other.far);
  return best?.name;
}

/** Counts how many letters must be inserted, removed or replaced to get the other word. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...one].entries()) {
    const next = [i + 1];
    for (const [j, same] of [...other].entries()) {
      const changed = (row[j] ?? 0) + (letter === same ? 0 : 1);
      next.push(Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, changed));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
