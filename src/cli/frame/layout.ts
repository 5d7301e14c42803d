import Table from 'cli-table3';
import { type Column, cellText } from './column.ts';
import { displayWidth, linesOfWidth } from './display-width.ts';
import { visible } from './terminal.ts';

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
        columns[column]?.isProse ? betweenWords(cell, widths[column] ?? displayWidth(cell)) : cell,
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

/** Breaks a sentence between words. A word that is longer than the line is broken where the line ends. */
function betweenWords(text: string, width: number): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && displayWidth(line) + 1 + displayWidth(word) > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].join('\n');
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

function linesOf(cells: readonly (readonly string[])[], widths: readonly number[]): string {
  // The table chooses the widths itself: it would cut off what is wider by its own measure than a width that it is given.
  const table = new Table({
    chars: noLines,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
  });
  table.push(...cells.map((row) => row.map((cell, column) => filled(cell, widths[column] ?? 0))));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** Breaks a cell into lines that take exactly the width. */
function filled(cell: string, width: number): string {
  return cell
    .split('\n')
    .flatMap((line) => linesOfWidth(line, width))
    .map((line) => line + ' '.repeat(Math.max(0, width - displayWidth(line))))
    .join('\n');
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

const noLines = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: ' '.repeat(gap),
};
