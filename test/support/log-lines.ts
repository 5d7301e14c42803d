import type { DestinationStream } from 'pino';

export type LogLine = Readonly<Record<string, unknown>> & { readonly event?: string };

export interface LogLines {
  readonly destination: DestinationStream;
  readonly lines: readonly LogLine[];
  /** Everything that was written, as it was written. */
  readonly text: () => string;
  /** The first line, written already or yet to come, of this event that also holds these fields. */
  until(event: string, fields?: Readonly<Record<string, unknown>>): Promise<LogLine>;
  /** Resolves once so many such lines have been written. */
  untilCount(count: number, event: string, fields?: Readonly<Record<string, unknown>>): Promise<void>;
}

/** What the worker logs, for tests to wait on instead of sleeping. */
export function createLogLines(): LogLines {
  const lines: LogLine[] = [];
  let raw = '';
  let waiting: (() => void)[] = [];
  const matching = (event: string, fields: Readonly<Record<string, unknown>>) =>
    lines.filter(
      (line) => line.event === event && Object.entries(fields).every(([name, value]) => line[name] === value),
    );
  const untilCount: LogLines['untilCount'] = async (count, event, fields = {}) => {
    while (matching(event, fields).length < count) {
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
  };
  return {
    lines,
    text: () => raw,
    destination: {
      write(chunk) {
        raw += chunk;
        for (const line of chunk.split('\n')) if (line !== '') lines.push(JSON.parse(line) as LogLine);
        const woken = waiting;
        waiting = [];
        for (const wake of woken) wake();
      },
    },
    async until(event, fields = {}) {
      await untilCount(1, event, fields);
      return matching(event, fields)[0] as LogLine;
    },
    untilCount,
  };
}
