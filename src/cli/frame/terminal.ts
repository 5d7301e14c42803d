import type { Readable, Writable } from 'node:stream';

/** The streams of a command. A test passes streams of its own. */
export interface Terminal {
  readonly out: Writable;
  readonly err: Writable;
  readonly input: Readable;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether a person can answer: input and standard error are both a terminal. */
  readonly isInteractive: boolean;
  /** Whether progress is shown: only if standard error is a terminal. */
  readonly showsProgress: boolean;
  /** The columns of standard output. Absent if standard output is no terminal; then lines are not shortened. */
  readonly columns?: number;
}

export function processTerminal(): Terminal {
  const { stdin, stdout, stderr, env } = process;
  // An error without a listener ends the process with a stack trace. `watchOutput` tells of those of standard output.
  // If standard error cannot be written, as with `2>&1 | head`, nobody can be told, and the exit code stays.
  for (const stream of [stdout, stderr]) stream.on('error', () => undefined);
  return {
    out: stdout,
    err: stderr,
    input: stdin,
    env,
    isInteractive: stdin.isTTY && stderr.isTTY,
    showsProgress: stderr.isTTY,
    ...columnsOf(stdout),
  };
}

/** Returns the width of a terminal. Where nobody has set the size, as in some containers, a terminal says 0. */
export function columnsOf(out: {
  readonly isTTY?: boolean;
  readonly columns?: number;
}): Pick<Terminal, 'columns'> {
  return out.isTTY && out.columns !== undefined && out.columns > 0 ? { columns: out.columns } : {};
}

/** Escapes, as in JSON, the characters that could steer a terminal: control characters, and the order of writing. */
export function harmless(text: string): string {
  return text.replaceAll(
    /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Like `harmless`, for a text whose line ends are meant. */
export function harmlessLines(text: string): string {
  return text.split('\n').map(harmless).join('\n');
}

/**
 * Makes text that others chose, such as an object key, safe to show on one line: control characters could
 * steer the terminal.
 */
export function visible(text: string): string {
  const named: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };
  return harmless(text.replaceAll(/[\\\n\r\t]/g, (found) => named[found] ?? found));
}

const maximumQuoted = 100;

/** Like `visible`, for a text of any length, of which a sentence quotes the beginning. */
export function quoted(text: string): string {
  return visible(text.length <= maximumQuoted ? text : `${text.slice(0, maximumQuoted)}…`);
}
