import { posix } from 'node:path';
import { importTable, type Row } from './table.ts';

/** One override of `.oxlintrc.json`. */
interface Override {
  readonly files: readonly string[];
  readonly rules: Readonly<Record<string, unknown>>;
}

/**
 * The linter's overrides, made from the table. oxlint compares the text of an import and not the file that it
 * means, so a room has one override for its files and one for those of its subfolders. Where several overrides
 * match a file, the last one counts: rows that are one file come after their folder.
 */
export function lintOverrides(): Override[] {
  const folders = importTable.filter(({ room }) => !isFile(room));
  const files = importTable.filter(({ room }) => isFile(room));
  return [
    ...folders.map((row) =>
      override(row, `${posix.join('src', row.room)}/*.ts`, row.room, ownFiles(row.room)),
    ),
    ...folders
      .filter(({ room }) => !hasInnerRooms(room))
      .map((row) =>
        override(row, `src/${row.room}/*/*.ts`, `${row.room}/inner`, ['./*.ts', '../*.ts', '../*/*.ts']),
      ),
    ...files.map((row) => override(row, `src/${row.room}`, posix.dirname(row.room), [])),
  ];
}

function isFile(room: string): boolean {
  return room.endsWith('.ts');
}

/** The folders inside such a room have rows of their own. */
function hasInnerRooms(room: string): boolean {
  return importTable.some((row) => !isFile(row.room) && posix.dirname(row.room) === room);
}

function ownFiles(room: string): string[] {
  return hasInnerRooms(room) ? ['./*.ts'] : ['./*.ts', './*/*.ts'];
}

function override(row: Row, glob: string, folder: string, own: readonly string[]): Override {
  const { room, mayImport, packages, node = ['node:*', 'node:*/*'] } = row;
  const open = [...own, ...mayImport.flatMap((other) => importsOf(other, folder)), ...node, ...packages];
  const group = ['*', ...open.map((pattern) => `!${pattern}`), ...closedFiles(row, folder)];
  const message = `${room} may import: ${[...mayImport, ...packages].join(', ')} (scripts/imports/table.ts)`;
  return { files: [glob], rules: { 'no-restricted-imports': ['error', { patterns: [{ group, message }] }] } };
}

/** How a file in `folder` writes the imports of a room's files. */
function importsOf(room: string, folder: string): string[] {
  const path = relativeImport(folder, room);
  if (isFile(room)) return [path];
  return hasInnerRooms(room) ? [`${path}/*.ts`] : [`${path}/*.ts`, `${path}/*/*.ts`];
}

/** Files with a row of their own lie in folders whose other files may be imported. */
function closedFiles({ room, mayImport }: Row, folder: string): string[] {
  return importTable
    .filter((row) => isFile(row.room) && row.room !== room && !mayImport.includes(row.room))
    .map((row) => relativeImport(folder, row.room));
}

function relativeImport(folder: string, path: string): string {
  const relative = posix.relative(folder, path);
  if (relative === '') return '.';
  return relative.startsWith('.') ? relative : `./${relative}`;
}
