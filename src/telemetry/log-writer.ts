import type { Writable } from 'node:stream';
import type { DestinationStream } from 'pino';

export interface LogWriter extends DestinationStream {
  /** Resolves when all lines are written, and after a short time in any case. */
  flush(): Promise<void>;
}

export interface LogWriterEvents {
  dropped(): void;
  /** Lines are written again, after this number of lines was dropped. */
  resumed(dropped: number): void;
}

/** The lines that are kept for a slow reader. */
const maximumPendingBytes = 1024 ** 2;
const flushMs = 1_000;

/**
 * Writes lines to a stream that may fail (a full disk, a closed pipe) or stall (a pipe that nobody reads). A
 * line that cannot be written is dropped and counted, because logging must stop nothing.
 */
export function createLogWriter(stream: Writable, events: LogWriterEvents): LogWriter {
  let pending = 0;
  let dropped = 0;
  let hasFailed = false;
  let flushed: (() => void)[] = [];
  // The callback of the line reports each failure as well.
  stream.on('error', () => undefined);

  const drop = (): void => {
    dropped += 1;
    events.dropped();
  };
  const resume = (): void => {
    hasFailed = false;
    if (dropped === 0 || stream.writableLength > maximumPendingBytes / 2) return;
    const count = dropped;
    dropped = 0;
    events.resumed(count);
  };
  const done = (error?: Error | null): void => {
    pending -= 1;
    if (error) {
      hasFailed = true;
      drop();
    } else resume();
    if (pending > 0) return;
    for (const wake of flushed.splice(0)) wake();
  };

  return {
    write(line) {
      if (stream.writableLength + Buffer.byteLength(line) > maximumPendingBytes) return drop();
      pending += 1;
      // A full disk may have cut a line, so the next line starts with a line break.
      stream.write(hasFailed ? `\n${line}` : line, done);
    },
    async flush() {
      if (pending === 0) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, flushMs);
      flushed = [...flushed, resolve];
      await promise;
      clearTimeout(timer);
    },
  };
}
