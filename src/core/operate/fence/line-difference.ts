/** Unchanged lines that are shown on each side of a change. */
const context = 3;

/** Returns the lines of one block that changed between two texts, each after its sign, with some lines around it. */
export function lineDifference(before: string, after: string): readonly string[] {
  if (before === after) return [];
  const [old, young] = [before.split('\n'), after.split('\n')];
  const same = old.findIndex((line, index) => line !== young[index]);
  const start = same === -1 ? old.length : same;
  const most = Math.min(old.length, young.length) - start;
  let tail = 0;
  while (tail < most && old.at(-1 - tail) === young.at(-1 - tail)) tail += 1;
  const signed = (sign: string, lines: readonly string[]) => lines.map((line) => `${sign}${line}`);
  return [
    ...signed(' ', old.slice(Math.max(0, start - context), start)),
    ...signed('-', old.slice(start, old.length - tail)),
    ...signed('+', young.slice(start, young.length - tail)),
    ...signed(' ', old.slice(old.length - tail).slice(0, context)),
  ];
}
