import './cli/listen-for-stop.ts';
import { runProgram } from './cli/program.ts';

/** A worker that has started runs until it is stopped, and sets its own exit code. */
async function main(): Promise<void> {
  const code = await runProgram(process.argv.slice(2));
  if (code !== 0) process.exitCode = code;
}

// The bundle is not a module, so it cannot use a top-level await.
void main();
