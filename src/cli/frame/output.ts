import Table from 'cli-table3';
import { usageError } from './command-error.ts';
import { type Terminal, visible } from './terminal.ts';

/** A field of a command's rows: its name in JSON, and its title in a table. */
export interface Column<Row> {
  /** In snake_case, as in records. */
  readonly name: string;
  readonly title: string;
  value(row: Row): string | number | boolean | null;
  /** The table shows this column only if `--fields` names it. */
  readonly isDetail?: true;
}

/** The format of a command's rows: a table, one JSON document, or one JSON document for each line. */
export interface OutputFlags {
  readonly json?: boolean;
  readonly jsonl?: boolean;
  /** Names of columns, separated by commas. */
  readonly fields?: string;
}

/** Writes the rows of a command. */
export interface RowOutput<Row> {
  write(rows: readonly Row[]): void;
}

/**
 * Opens the output of a command: a table for people, or objects with the names of the columns. Throws a usage
 * error for flags that contradict each other or name no column. So it must be called before the command does
 * anything.
 */
export function openOutput<Row>(
  terminal: Terminal,
  columns: readonly Column<Row>[],
  flags: OutputFlags,
): RowOutput<Row> {
  const chosen = chosenColumns(columns, flags);
  const objectOf = (row: Row) => Object.fromEntries(chosen.map((of) => [of.name, of.value(row)]));
  return {
    write(rows) {
      if (flags.jsonl) {
        for (const row of rows) terminal.out.write(`${JSON.stringify(objectOf(row))}\n`);
      } else if (flags.json) {
        terminal.out.write(`${JSON.stringify({ items: rows.map(objectOf) }, null, 2)}\n`);
      } else if (rows.length > 0) {
        terminal.out.write(`${tableOf(rows, chosen, terminal.columns)}\n`);
      }
    },
  };
}

function chosenColumns<Row>(columns: readonly Column<Row>[], flags: OutputFlags): readonly Column<Row>[] {
  if (flags.json && flags.jsonl) throw usageError('Give --json or --jsonl, not both.');
  if (flags.fields === undefined) {
    return flags.json || flags.jsonl ? columns : columns.filter(({ isDetail }) => !isDetail);
  }
  return flags.fields.split(',').map((text) => {
    const found = columns.find(({ name }) => name === text.trim());
    if (found !== undefined) return found;
    throw usageError(
      `There is no field ${visible(text.trim())}. Fields: ${columns.map(({ name }) => name).join(', ')}.`,
    );
  });
}

const gap = 2;
/** A narrower column would be unreadable. Then the lines are longer than the terminal is wide. */
const narrowest = 8;

function tableOf<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  width: number | undefined,
): string {
  const cells = rows.map((row) => columns.map(({ value }) => visible(String(value(row) ?? '-'))));
  const widths = columns.map(({ title }, column) =>
    Math.max(title.length, ...cells.map((row) => row[column]?.length ?? 0)),
  );
  const table = new Table({
    head: columns.map(({ title }) => title),
    colWidths: fitted(widths, width),
    wordWrap: true,
    wrapOnWordBoundary: false,
    chars: noLines,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
  });
  table.push(...cells);
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** Narrows the widest column until the table fits the terminal. Its cells continue on further lines. */
function fitted(widths: readonly number[], width: number | undefined): number[] {
  const result = [...widths];
  let excess = widths.reduce((sum, one) => sum + one + gap, -gap) - (width ?? Number.POSITIVE_INFINITY);
  for (; excess > 0; excess -= 1) {
    const most = Math.max(...result);
    if (most <= narrowest) break;
    result[result.indexOf(most)] = most - 1;
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
