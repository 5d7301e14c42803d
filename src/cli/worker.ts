import closeWithGrace from 'close-with-grace';
import { composeSettingSources } from '../compose/setting-sources.ts';
import { composeWorker } from '../compose/worker.ts';
import { parseConfig } from '../config/config.ts';
import { fillSettings, type Settings } from '../config/setting-sources.ts';
import { describeError } from '../core/describe-error.ts';
import { complain } from './complain.ts';
import { listenForStop, onStop, type StopSignal } from './stop-signals.ts';

/** `EX_CONFIG` of sysexits.h: starting again cannot help until somebody changes the settings. */
const exitBadConfig = 78;
/** Over the worker's own deadline, so that this one cuts in only if that one hangs. */
const graceMs = 10_000;

/** What the environment leaves unset the parameters under `PARAMETER_PATH` fill. */
async function withParameters(env: NodeJS.ProcessEnv): Promise<Settings> {
  if (!env['PARAMETER_PATH']) return env;
  try {
    return await fillSettings(env, composeSettingSources(env), undefined);
  } catch (error) {
    const { code, name } = describeError(error);
    await complain(
      `macie-isolator cannot start: the parameters under PARAMETER_PATH cannot be read (${code ?? name}).\n`,
    );
    process.exit(1);
  }
}

/** The worker process: settings, signals, exit code. */
export async function runWorker(env: NodeJS.ProcessEnv): Promise<void> {
  // What cannot be written there is lost, and stops nothing.
  process.stderr.on('error', () => undefined);
  listenForStop();
  const parsed = parseConfig(await withParameters(env));
  if (!parsed.ok) {
    const lines = parsed.problems.map((problem) => `  - ${problem}`);
    await complain(
      `macie-isolator cannot start:\n${lines.join('\n')}\n\`macie-isolator settings\` and docs/configuration.md describe them all.\n`,
    );
    process.exit(exitBadConfig);
  }
  const worker = composeWorker(parsed.config);
  let cause: StopSignal | undefined;
  const grace = closeWithGrace(
    { delay: parsed.config.shutdownTimeoutMs + graceMs, logger: false, skip: ['SIGTERM', 'SIGINT'] },
    async ({ signal, err }) => {
      const told = err ? complain(`${JSON.stringify(describeError(err))}\n`) : undefined;
      await worker.stop(cause ?? signal ?? (err ? 'an uncaught error' : 'a request'));
      await told;
    },
  );
  onStop((signal) => {
    // The first lets work end; a second hands it back at once. close-with-grace would die of the second.
    if (cause !== undefined) return void worker.stop(signal);
    cause = signal;
    grace.close();
  });
  try {
    await worker.start();
  } catch (error) {
    // Only listening can fail: AWS may be away at the start.
    const told = complain(
      `macie-isolator cannot start: ${error instanceof Error ? error.message : String(error)} (HOST and PORT say where it listens)\n`,
    );
    await worker.stop('a failed start');
    await told;
    process.exit(1);
  }
}
