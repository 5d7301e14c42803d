import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createLogLines, type LogLines } from './log-lines.ts';

const root = new URL('../../', import.meta.url).pathname;

export interface WorkerProcess {
  readonly process: ChildProcess;
  readonly log: LogLines;
  readonly errors: () => string;
  readonly exited: Promise<[number | null, NodeJS.Signals | null]>;
  /** The whole group, whatever became of its leader. */
  kill(): void;
}

/** A worker in a process of its own, as `npm start` runs it or by another command. */
export function startWorkerProcess(
  environment: Readonly<Record<string, string>>,
  [command, ...args]: readonly [string, ...string[]] = ['npm', 'start', '--silent'],
): WorkerProcess {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(command, args, {
    cwd: root,
    env: { PATH, HOME, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const log = createLogLines();
  let buffered = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    buffered += chunk.toString('utf8');
    const end = buffered.lastIndexOf('\n') + 1;
    log.destination.write(buffered.slice(0, end));
    buffered = buffered.slice(end);
  });
  let errors = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    errors += chunk.toString('utf8');
  });
  return {
    process: child,
    log,
    errors: () => errors,
    exited: once(child, 'exit') as WorkerProcess['exited'],
    kill() {
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // Nobody is left.
      }
    },
  };
}
