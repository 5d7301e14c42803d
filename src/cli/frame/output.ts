import type { Column } from './column.ts';
import { usageError } from './command-error.ts';
import { jsonText } from './json-text.ts';
import { layoutOf } from './layout.ts';
import { type Terminal, visible } from './terminal.ts';

export type { Column } from './column.ts';

/** The format of a command's rows: a table, one JSON document, or one JSON document for each line. */
export interface OutputFlags {
  readonly json?: boolean;
  readonly jsonl?: boolean;
  /** Names of columns, separated by commas. */
  readonly fields?: string;
}

/** Writes the rows of a command, once. */
export interface RowOutput<Row> {
  write(rows: readonly Row[]): void;
  /** Writes the rows of a command that stops in the middle: as JSON, a document that no reader takes for a complete one. */
  writePart(rows: readonly Row[]): void;
}

/** How a document of JSON ends that has rows. */
export const endOfDocument = '\n  ]\n}\n';

/**
 * Opens the output of a command: a table for people, or objects with the names of the columns. Throws a usage
 * error for flags that contradict each other or name no column. So it must be called before the command does
 * anything. With `textOf`, people get this text where they choose no fields.
 */
export function openOutput<Row>(
  terminal: Terminal,
  columns: readonly Column<Row>[],
  flags: OutputFlags,
  textOf?: (rows: readonly Row[]) => string,
): RowOutput<Row> {
  const chosen = chosenColumns(columns, flags);
  const tableOf = (rows: readonly Row[]) => layoutOf(rows, chosen, terminal.columns)(rows, 'first');
  const forPeople = flags.fields === undefined && textOf !== undefined ? textOf : tableOf;
  const documentOf = (rows: readonly Row[]) =>
    `${jsonText({ items: rows.map((row) => objectOf(row, chosen)) }, 2)}\n`;
  const write = (rows: readonly Row[]) => {
    if (flags.jsonl) {
      for (const row of rows) terminal.out.write(`${jsonText(objectOf(row, chosen))}\n`);
    } else if (flags.json) {
      terminal.out.write(documentOf(rows));
    } else if (rows.length > 0) {
      terminal.out.write(`${forPeople(rows)}\n`);
    }
  };
  return {
    write,
    writePart(rows) {
      if (!flags.json) write(rows);
      else if (rows.length > 0) terminal.out.write(documentOf(rows).slice(0, -endOfDocument.length));
    },
  };
}

/** Returns the row as JSON shows it. */
export function objectOf<Row>(row: Row, columns: readonly Column<Row>[]): Record<string, unknown> {
  return Object.fromEntries(columns.map((of) => [of.name, of.value(row)]));
}

/** Returns the columns of `--fields`, or those that this form shows without it. */
export function chosenColumns<Row>(
  columns: readonly Column<Row>[],
  flags: OutputFlags,
): readonly Column<Row>[] {
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
