import { readFileSync } from 'node:fs';

export interface Shown {
  readonly command: string;
  /** What the page shows of its output. */
  readonly output: string;
}

/** The commands of a section of a page, with what they print there. */
export function commandsOf(page: string, section: string): readonly Shown[] {
  const whole = readFileSync(new URL(`../../../${page}`, import.meta.url), 'utf8');
  const [, rest = ''] = whole.split(`\n## ${section}\n`);
  const [text = ''] = rest.split('\n## ');
  const blocks = [...text.matchAll(/```console\n(.*?)```/gs)].map(([, block = '']) => block);
  return blocks.flatMap((block) =>
    block
      .split(/^\$ /m)
      .filter((part) => part !== '')
      .map((part) => {
        // A command goes on where its line ends with a backslash or a pipe.
        const [command = ''] = /^(?:.*(?:\\|\|)\n)*.*\n/.exec(part) ?? [];
        return { command: command.trimEnd(), output: part.slice(command.length).trimEnd() };
      }),
  );
}

/** What differs from run to run: ids, times and days. */
export function masked(output: string): string {
  return output
    .replaceAll('\r', '')
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UUID')
    .replaceAll(/\b[0-9a-f]{32}\b/g, 'ID')
    .replaceAll(/\d{4}-\d{2}-\d{2}T[\d:.]+Z/g, 'TIME')
    .replaceAll(/\d{4}-\d{2}-\d{2}/g, 'DAY')
    .trimEnd();
}
