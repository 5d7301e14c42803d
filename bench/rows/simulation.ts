import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { counted, type Figure, type Row } from '../harness/row.ts';

const root = new URL('../../', import.meta.url);

/** What `npm run simulate` says of its own speed. */
const speeds: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['schedules a second', /(\d+) schedules\/s/g],
  ['port calls a second', /(\d+) calls\/s/g],
];

export const simulation: Row = {
  number: 15,
  what: 'The simulation: schedules and port calls a second on one core',
  against: '',
  async run(bench) {
    const { scripts } = JSON.parse(await readFile(new URL('package.json', root), 'utf8')) as {
      scripts: Record<string, string>;
    };
    if (scripts['simulate'] === undefined) throw new Error('there is no `npm run simulate` here');
    bench.progress('npm run simulate');
    const child = spawn('npm', ['run', '--silent', 'simulate'], {
      cwd: root.pathname,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const said = await text(child.stdout);
    const figures = speeds.flatMap(([name, pattern]): Figure[] => {
      // What it says on the way is of a shorter time; its last word counts.
      const found = [...said.matchAll(pattern)].at(-1)?.[1];
      return found === undefined ? [] : [{ name, value: counted(Number(found)) }];
    });
    return { figures, parts: said.split('\n').filter((line) => line.includes('calls/s')) };
  },
};
