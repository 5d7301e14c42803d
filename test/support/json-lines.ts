/** The values of lines of JSON, as commands write them with `--jsonl`, and the worker its log. */
export function jsonLines<Line = Readonly<Record<string, string>>>(text: string): Line[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
}
