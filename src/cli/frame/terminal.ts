import type { Readable, Writable } from 'node:stream';

/** Where a command writes and reads; a test hands in streams of its own. */
export interface Terminal {
  readonly out: Writable;
  readonly err: Writable;
  readonly input: Readable;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A person can be asked: input and standard error are both a terminal. */
  readonly isInteractive: boolean;
  /** Progress is shown on standard error, and only where that is a terminal. */
  readonly showsProgress: boolean;
  /** Columns of standard output; absent where it is no terminal, and lines are as long as they are. */
  readonly columns?: number;
}

export function processTerminal(): Terminal {
  const { stdin, stdout, stderr, env } = process;
  return {
    out: stdout,
    err: stderr,
    input: stdin,
    env,
    isInteractive: stdin.isTTY && stderr.isTTY,
    showsProgress: stderr.isTTY,
    ...(stdout.isTTY && { columns: stdout.columns }),
  };
}

/** Text that others chose, such as object keys, on one line: control characters could steer the terminal. */
export function visible(text: string): string {
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\\]/g, (found) => {
    if (found === '\\') return '\\\\';
    const named = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }[found];
    return named ?? `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
