import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { CommandRun } from '../../support/command-line.ts';

const root = new URL('../../../', import.meta.url).pathname;

export interface StartedCommand {
  readonly process: ChildProcess;
  /** What it wrote to standard error until now. */
  readonly errors: () => string;
  readonly ended: Promise<CommandRun & { readonly signal: NodeJS.Signals | null }>;
}

export function buildCommand(): void {
  execFileSync(process.execPath, [`${root}scripts/build.ts`], { cwd: root, stdio: 'pipe' });
}

/** Runs the command line as the package has it, without a terminal. */
export function startCommand(
  argv: readonly string[],
  environment: Readonly<Record<string, string>>,
): StartedCommand {
  const { HOME = '', PATH = '' } = process.env;
  const child = spawn(process.execPath, [`${root}dist/cli.cjs`, ...argv], {
    env: { HOME, PATH, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  return {
    process: child,
    errors: () => err,
    ended: once(child, 'close').then(([code, signal]) => ({
      code: code as number,
      signal: signal as NodeJS.Signals | null,
      out,
      err,
    })),
  };
}
