import { type Column, cellText } from './column.ts';
import { displayWidth, linesOfWidth } from './display-width.ts';
import { visible } from './terminal.ts';
import { wrapWords } from './wrap-words.ts';

const gap = 2;
/** A narrower column would be unreadable. */
const narrowest = 8;

function textsOf<Row>(row: Row, columns: readonly Column<Row>[]): string[] {
  return columns.map((column) => cellText(column, row));
}

function cellsOf<Row>(row: Row, columns: readonly Column<Row>[]): string[] {
  return textsOf(row, columns).map(visible);
}

/** Returns the lines of some rows, without a newline at the end. */
export type Layout<Row> = (rows: readonly Row[], place: 'first' | 'further') => string;

/**
 * Chooses a form by the first rows: a table or, if a table of these columns does not fit the terminal, a block
 * of lines for each row.
 */
export function layoutOf<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  width: number | undefined,
): Layout<Row> {
  const titles = columns.map(({ title }) => title);
  const cells = rows.map((row) => cellsOf(row, columns));
  const widths = fitted(
    columns.map(({ isWhole, title }, column) => ({
      width: Math.max(title.length, ...cells.map((row) => displayWidth(row[column] ?? ''))),
      isWhole: isWhole === true,
    })),
    width,
  );
  if (widths !== undefined) {
    const wrapped = (row: Row) =>
      cellsOf(row, columns).map((cell, column) =>
        columns[column]?.isProse ? wrapWords(cell, widths[column] ?? displayWidth(cell)).join('\n') : cell,
      );
    return (some, place) => linesOf([...(place === 'first' ? [titles] : []), ...some.map(wrapped)], widths);
  }
  const blockOfRow = (row: Row) =>
    blockOf(
      textsOf(row, columns).map((text, column) => [titles[column] ?? '', text]),
      width,
    );
  return (some, place) => `${place === 'first' ? '' : '\n'}${some.map(blockOfRow).join('\n\n')}`;
}

/** Returns lines of a name and its value. A value that is too long for the terminal continues on further lines. */
export function blockOf(pairs: readonly (readonly string[])[], width: number | undefined): string {
  const cells = pairs.map((pair) => pair.map(visible));
  const titleWidth = Math.max(...cells.map((pair) => (pair.length > 1 ? (pair[0]?.length ?? 0) : 0)));
  const longest = Math.max(1, ...cells.map((pair) => displayWidth(pair.at(-1) ?? '')));
  const left = width === undefined ? longest : width - (titleWidth > 0 ? titleWidth + gap : 0);
  const valueWidth = Math.min(longest, Math.max(narrowest, left));
  return linesOf(cells, titleWidth > 0 ? [titleWidth, valueWidth] : [valueWidth]);
}

/** A cell that is wider than its column continues on further lines. */
function linesOf(rows: readonly (readonly string[])[], widths: readonly number[]): string {
  return rows.flatMap((row) => linesOfRow(row, widths)).join('\n');
}

function linesOfRow(row: readonly string[], widths: readonly number[]): readonly string[] {
  const cells = row.map((cell, column) =>
    cell.split('\n').flatMap((line) => linesOfWidth(line, widths[column] ?? 0)),
  );
  const height = Math.max(...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, at) =>
    cells
      .map((lines, column) => padded(lines[at] ?? '', widths[column] ?? 0))
      .join(' '.repeat(gap))
      .trimEnd(),
  );
}

function padded(line: string, width: number): string {
  return line + ' '.repeat(Math.max(0, width - displayWidth(line)));
}

/**
 * Narrows the widest column that may be broken until the table fits the terminal. Its cells continue on further
 * lines. Returns `undefined` if the table cannot fit.
 */
function fitted(
  columns: readonly { readonly width: number; readonly isWhole: boolean }[],
  width = Number.POSITIVE_INFINITY,
): number[] | undefined {
  const result = columns.map((column) => column.width);
  let excess = result.reduce((sum, one) => sum + one + gap, -gap) - width;
  for (; excess > 0; excess -= 1) {
    const breakable = result.map((one, column) => (columns[column]?.isWhole ? 0 : one));
    const most = Math.max(...breakable);
    if (most <= narrowest) return undefined;
    result[breakable.indexOf(most)] = most - 1;
  }
  return result;
}
