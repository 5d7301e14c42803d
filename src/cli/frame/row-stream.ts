import { once } from 'node:events';
import { jsonText } from './json-text.ts';
import { type Layout, layoutOf } from './layout.ts';
import { type Column, chosenColumns, endOfDocument, type OutputFlags, objectOf } from './output.ts';
import { type CommandContext, isOutputClosed } from './run-command.ts';

/** Rows that are written as they come, in the forms of `writeRows`. */
export interface RowStream<Row> {
  write(row: Row): Promise<void>;
  end(): Promise<void>;
  /** Shows the rows that wait for others of their table, where a command stops in the middle. */
  stop(): void;
}

/** A table decides its widths by its first rows. Longer cells of later rows continue on further lines. */
const rowsAtOnce = 500;

/** Any number of rows needs the memory of some hundred. Throws if the command is stopped or nobody reads any more. */
export function rowStream<Row>(
  { progress, signal, terminal }: CommandContext,
  columns: readonly Column<Row>[],
  flags: OutputFlags,
): RowStream<Row> {
  const chosen = chosenColumns(columns, flags);
  const put = async (text: string) => {
    if (isOutputClosed(signal)) signal.throwIfAborted();
    progress.clear();
    const isFull = !terminal.out.write(text);
    // A row tells what is done by now, also where Ctrl-C came meanwhile.
    signal.throwIfAborted();
    if (isFull) await once(terminal.out, 'drain', { signal });
  };
  if (flags.jsonl) {
    return {
      write: (row) => put(`${jsonText(objectOf(row, chosen))}\n`),
      end: async () => undefined,
      stop: () => undefined,
    };
  }
  if (flags.json) return documentOf(chosen, put);
  const putLast = (text: string) => {
    progress.clear();
    if (!isOutputClosed(signal)) terminal.out.write(text);
  };
  return tableOf(chosen, put, putLast, terminal.columns);
}

type Put = (text: string) => Promise<void>;
type PutLast = (text: string) => void;

function documentOf<Row>(columns: readonly Column<Row>[], put: Put): RowStream<Row> {
  let isFirst = true;
  return {
    async write(row) {
      const item = jsonText(objectOf(row, columns), 2).replaceAll('\n', '\n    ');
      await put(`${isFirst ? '{\n  "items": [' : ','}\n    ${item}`);
      isFirst = false;
    },
    end: () => put(isFirst ? '{\n  "items": []\n}\n' : endOfDocument),
    // What is not complete stays a document that no reader takes for a complete one.
    stop: () => undefined,
  };
}

function tableOf<Row>(
  columns: readonly Column<Row>[],
  put: Put,
  putLast: PutLast,
  width: number | undefined,
): RowStream<Row> {
  let layout: Layout<Row> | undefined;
  let waiting: Row[] = [];
  const takeWaiting = (): string => {
    const rows = waiting;
    waiting = [];
    const place = layout === undefined ? 'first' : 'further';
    layout ??= layoutOf(rows, columns, width);
    return `${layout(rows, place)}\n`;
  };
  return {
    async write(row) {
      waiting.push(row);
      if (waiting.length >= rowsAtOnce) await put(takeWaiting());
    },
    async end() {
      if (waiting.length > 0) await put(takeWaiting());
    },
    stop() {
      if (waiting.length > 0) putLast(takeWaiting());
    },
  };
}
