import { answerProgram } from './cli/program.ts';

const asking: ReadonlySet<string> = new Set(['help', '-h', '--help', '-V', '--version']);

/**
 * Answers help and the version from a small bundle. Everything else loads the program, whose code takes longer to read
 * than Node takes to start.
 */
async function main(): Promise<void> {
  const argv = process.argv.slice(2);
  const mayBeAnswered = argv.length === 0 || argv.some((word) => asking.has(word));
  const code = mayBeAnswered ? await answerProgram(argv) : undefined;
  if (code === undefined) await import('./program.ts');
  else process.exitCode = code;
}

// The bundle is not a module, so it cannot use a top-level await.
void main();
