import Table from 'cli-table3';
import { usageError } from './command-error.ts';
import { type Terminal, visible } from './terminal.ts';

/** One field of a command's rows: its name in JSON, its title in a table. */
export interface Column<Row> {
  /** snake_case, as records have it. */
  readonly name: string;
  readonly title: string;
  value(row: Row): string | number | boolean | null;
  /** Not in the table unless `--fields` asks for it. */
  readonly isDetail?: true;
}

/** How a command writes its rows: a table, one JSON document, or a JSON document a line. */
export interface OutputFlags {
  readonly json?: boolean;
  readonly jsonl?: boolean;
  /** Names of columns with commas between. */
  readonly fields?: string;
}

/** For people a table; else every row as an object with the columns' names. */
export function writeRows<Row>(
  terminal: Terminal,
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  flags: OutputFlags,
): void {
  const chosen = chosenColumns(columns, flags);
  const objects = () => rows.map((row) => Object.fromEntries(chosen.map((of) => [of.name, of.value(row)])));
  if (flags.jsonl) {
    for (const row of objects()) terminal.out.write(`${JSON.stringify(row)}\n`);
    return;
  }
  if (flags.json) {
    terminal.out.write(`${JSON.stringify({ items: objects() }, null, 2)}\n`);
    return;
  }
  if (rows.length > 0) terminal.out.write(`${tableOf(rows, chosen, terminal.columns)}\n`);
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
/** Below this a column says nothing any more: then lines are longer than the terminal is wide. */
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

/** The widest column gives way, until the table fits the terminal; its cells go on in further lines. */
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
