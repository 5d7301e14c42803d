import closeWithGrace from 'close-with-grace';
import { InvalidPolicyError } from '../compose/policy.ts';
import { composeSettingSources } from '../compose/setting-sources.ts';
import { startProblems } from '../compose/start-problems.ts';
import { composeWorker } from '../compose/worker.ts';
import { parseConfig } from '../config/config.ts';
import type { Settings } from '../config/parse-settings.ts';
import { fillSettings, ParametersError } from '../config/setting-sources.ts';
import { describeError } from '../core/describe-error.ts';
import { complain } from './complain.ts';
import { listenForStop, onStop, type StopSignal } from './stop-signals.ts';

/** `EX_CONFIG` of sysexits.h: a restart cannot help until somebody changes the settings. */
const exitBadConfig = 78;
/** This time comes on top of the worker's own deadline, so that this deadline takes effect only if the worker hangs. */
const graceMs = 10_000;

/** The parameters under `PARAMETER_PATH` fill the settings that the environment leaves unset. */
async function withParameters(env: NodeJS.ProcessEnv): Promise<Settings> {
  if (!env['PARAMETER_PATH']?.trim()) return env;
  try {
    return await fillSettings(env, composeSettingSources(env), undefined);
  } catch (error) {
    const problems = problemsOf(error);
    if (problems.length > 0) {
      await complain(startProblems.cannotStart(...problems));
      process.exit(exitBadConfig);
    }
    const { code, name } = describeError(error);
    await complain(
      startProblems.cannotStart(`the parameters under PARAMETER_PATH cannot be read (${code ?? name}).`),
    );
    process.exit(1);
  }
}

/** What somebody has to change before the parameters can be read. */
function problemsOf(error: unknown): readonly string[] {
  if (error instanceof ParametersError) return error.problems;
  return isNoRegion(error) ? [noRegion] : [];
}

const noRegion = 'AWS_REGION is not set, and must be: the parameters under PARAMETER_PATH are read there.';

/** Whether the SDK found no region, or an empty one, in the environment and in a profile. The error has no name of its own. */
function isNoRegion(error: unknown): boolean {
  return error instanceof Error && /^Region (?:is missing|not accepted)\b/.test(error.message);
}

/** Runs the worker process: settings, signals, exit code. */
export async function runWorker(env: NodeJS.ProcessEnv): Promise<void> {
  // Lines that cannot be written to standard error are lost, and stop nothing.
  process.stderr.on('error', () => undefined);
  listenForStop();
  const parsed = parseConfig(await withParameters(env));
  if (!parsed.ok) {
    const help = '`macie-isolator settings` and docs/configuration.md describe all settings.';
    await complain(startProblems.cannotStart(...parsed.problems, help));
    process.exit(exitBadConfig);
  }
  const worker = composeWorker(parsed.config);
  let cause: StopSignal | undefined;
  const grace = closeWithGrace(
    { delay: parsed.config.shutdownTimeoutMs + graceMs, logger: false, skip: ['SIGTERM', 'SIGINT'] },
    async ({ signal, err }) => {
      const written = err ? complain(startProblems.uncaught(err)) : undefined;
      await worker.stop(cause ?? signal ?? (err ? 'an uncaught error' : 'a request'));
      await written;
    },
  );
  onStop((signal) => {
    // The first signal lets work end, and the second signal hands messages back at once. close-with-grace
    // would end the process at the second signal.
    if (cause !== undefined) return void worker.stop(signal);
    cause = signal;
    grace.close();
  });
  try {
    await worker.start();
  } catch (error) {
    if (error instanceof InvalidPolicyError) {
      const problems = error.message.split('\n').map((problem) => `the policy is not valid: ${problem}`);
      await complain(startProblems.cannotStart(...problems));
      await worker.stop('an invalid policy');
      process.exit(exitBadConfig);
    }
    // Only listening can fail here: AWS may be unavailable at the start.
    const written = complain(
      startProblems.cannotStart(
        `${error instanceof Error ? error.message : String(error)} (HOST and PORT say where it listens)`,
      ),
    );
    await worker.stop('a failed start');
    await written;
    process.exit(1);
  }
}
