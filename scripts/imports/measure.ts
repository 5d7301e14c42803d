import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { importTable } from './table.ts';

/** One import of a file by another, both as paths below `src/`. */
export interface Arrow {
  readonly from: string;
  readonly to: string;
}

/** Every import among these files, types and dynamic imports included. */
export function arrowsAmong(files: readonly string[], root: string): Arrow[] {
  return files.flatMap((from) => {
    const text = readFileSync(posix.join(root, from), 'utf8');
    const imports = [...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'(\.[^']+\.ts)'/g)];
    return imports.map(([, specifier = '']) => ({
      from,
      to: posix.normalize(posix.join(posix.dirname(from), specifier)),
    }));
  });
}

/** Imports from a room that the table does not open to the importing file. */
export function forbidden(arrows: readonly Arrow[]): Arrow[] {
  return arrows.filter(({ from, to }) => {
    const row = importTable.find(({ room }) => room === roomOf(from));
    const target = roomOf(to);
    return row !== undefined && target !== row.room && !row.mayImport.includes(target);
  });
}

/** The files of each circle, in which every file imports the others by some way. */
export function circles(arrows: readonly Arrow[]): string[][] {
  const imports = new Map<string, string[]>();
  for (const { from, to } of arrows) imports.set(from, [...(imports.get(from) ?? []), to]);
  const reachable = new Map([...imports.keys()].map((file) => [file, reach(file, imports)]));
  const grouped = new Set<string>();
  return [...reachable].flatMap(([file, reached]) => {
    if (grouped.has(file) || !reached.has(file)) return [];
    const circle = [...reached].filter((other) => reachable.get(other)?.has(file));
    for (const member of circle) grouped.add(member);
    return [circle.sort()];
  });
}

function reach(start: string, imports: ReadonlyMap<string, readonly string[]>): Set<string> {
  const reached = new Set<string>();
  const waiting = [...(imports.get(start) ?? [])];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    waiting.push(...(imports.get(file) ?? []));
  }
  return reached;
}

/** The innermost row that a file belongs to. */
function roomOf(file: string): string {
  const rooms = importTable
    .map(({ room }) => room)
    .filter((room) => file === room || file.startsWith(`${room}/`));
  return rooms.sort((one, other) => other.length - one.length)[0] ?? (file.includes('/') ? file : '.');
}
