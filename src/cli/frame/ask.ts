import { createInterface } from 'node:readline/promises';
import { usageError } from './command-error.ts';
import type { Terminal } from './terminal.ts';

/**
 * Asks for confirmation before anything is changed. Only `y` and `yes` confirm. Without a terminal nobody can
 * answer, so `--yes` is required.
 */
export async function isConfirmed(
  terminal: Terminal,
  question: string,
  flags: { readonly yes?: boolean },
  signal: AbortSignal,
): Promise<boolean> {
  if (flags.yes) return true;
  if (!terminal.isInteractive) {
    throw usageError(`${question} Nobody can be asked here: give --yes to go on, or --dry-run to look.`);
  }
  const prompt = createInterface({ input: terminal.input, output: terminal.err });
  try {
    const answer = await prompt.question(`${question} [y/N] `, { signal });
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    prompt.close();
  }
}
