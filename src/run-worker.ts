import closeWithGrace from 'close-with-grace';
import { composeWorker } from './compose.ts';
import { parseConfig } from './config.ts';

/** `EX_CONFIG` of sysexits.h: starting again cannot help until somebody changes the settings. */
const exitBadConfig = 78;
/** Over the worker's own deadline, so that this one cuts in only if that one hangs. */
const graceMs = 10_000;

const stopSignals = ['SIGTERM', 'SIGINT'] as const;

/** The worker process: settings, signals, exit code. */
export async function runWorker(env: NodeJS.ProcessEnv): Promise<void> {
  const parsed = parseConfig(env);
  if (!parsed.ok) {
    const lines = parsed.problems.map((problem) => `  - ${problem}`);
    process.stderr.write(
      `macie-isolator cannot start:\n${lines.join('\n')}\n\`macie-isolator settings\` and docs/configuration.md describe them all.\n`,
    );
    process.exitCode = exitBadConfig;
    return;
  }
  const worker = composeWorker(parsed.config);
  let cause: NodeJS.Signals | undefined;
  const grace = closeWithGrace(
    { delay: parsed.config.shutdownTimeoutMs + graceMs, logger: false, skip: [...stopSignals] },
    async ({ signal, err }) => {
      if (err) process.stderr.write(`${err.stack ?? String(err)}\n`);
      await worker.stop(cause ?? signal ?? (err ? 'an uncaught error' : 'a request'));
    },
  );
  for (const signal of stopSignals) {
    process.on(signal, () => {
      // The first lets work end; a second hands it back at once. close-with-grace would die of the second.
      if (cause !== undefined) return void worker.stop(signal);
      cause = signal;
      grace.close();
    });
  }
  try {
    await worker.start();
  } catch (error) {
    // Only listening can fail: AWS may be away at the start.
    process.stderr.write(
      `macie-isolator cannot start: ${error instanceof Error ? error.message : String(error)} (HOST and PORT say where it listens)\n`,
    );
    await worker.stop('a failed start');
    process.exit(1);
  }
}
