import { createInterface } from 'node:readline/promises';
import { usageError } from './command-error.ts';
import { harmlessLines, type Terminal } from './terminal.ts';

/**
 * Asks for confirmation before anything is changed. Only `y` and `yes` confirm: the end of the input (Ctrl-D) is a no.
 * Ctrl-C throws. Without a terminal nobody can answer, so `--yes` is required. `look` is the flag that looks and changes
 * nothing.
 */
export async function isConfirmed(
  terminal: Terminal,
  question: string,
  flags: { readonly yes?: boolean },
  signal: AbortSignal,
  look: `or ${string}` | '' = 'or --dry-run to look',
): Promise<boolean> {
  // A command that was stopped while it looked changes nothing.
  signal.throwIfAborted();
  if (flags.yes) return true;
  // Questions name buckets, reasons and counts that others wrote.
  const shown = harmlessLines(question);
  if (!terminal.isInteractive) {
    const instead = look === '' ? '' : `, ${look}`;
    throw usageError(`${shown} Nobody can be asked here: give --yes to go on${instead}.`);
  }
  const prompt = openPrompt(terminal, signal);
  try {
    const answer = await prompt.line(`${shown} [y/N] `);
    return /^y(es)?$/i.test(answer?.trim() ?? '');
  } finally {
    prompt.close();
  }
}

/** Asks several questions, one after the other. Ctrl-C throws. */
export interface Prompt {
  /** Returns the line that is typed, or `undefined` if the input ends instead. */
  line(question: string): Promise<string | undefined>;
  /** Returns the line that is typed. Throws a usage error if the input ends instead. */
  ask(question: string): Promise<string>;
  close(): void;
}

/** One interface reads all lines: a second one would miss what the first has buffered. */
export function openPrompt(terminal: Terminal, signal: AbortSignal): Prompt {
  const prompt = createInterface({ input: terminal.input, output: terminal.err, signal });
  // On a terminal, readline takes Ctrl-C for itself.
  prompt.on('SIGINT', () => process.emit('SIGINT'));
  let isClosed = false;
  prompt.once('close', () => {
    isClosed = true;
  });
  // Lines that were read before the input ended still come.
  const lines = prompt[Symbol.asyncIterator]();
  const line = async (question: string) => {
    prompt.setPrompt(question);
    if (isClosed) terminal.err.write(question);
    else prompt.prompt();
    const { done, value } = await lines.next();
    // Nobody typed the end of this line.
    if (done) terminal.err.write('\n');
    signal.throwIfAborted();
    return done ? undefined : value;
  };
  return {
    line,
    async ask(question) {
      const answer = await line(question);
      if (answer === undefined) throw usageError('The input ended before all questions were answered.');
      return answer;
    },
    close: () => prompt.close(),
  };
}
