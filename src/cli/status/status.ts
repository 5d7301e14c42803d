import { setTimeout as after } from 'node:timers/promises';
import { deadLetterSettings } from '../../compose/operator/dead-letters.ts';
import { isolationBucketSettings } from '../../compose/operator/isolation-bucket.ts';
import { askForStatus } from '../../compose/operator/status.ts';
import { composeSettingSources } from '../../compose/setting-sources.ts';
import type { Settings } from '../../config/parse-settings.ts';
import type { Fact } from '../../core/operate/status/fact.ts';
import { factsOf } from '../../core/operate/status/facts.ts';
import { usageError } from '../frame/command-error.ts';
import { durationMs, maximumDays } from '../frame/duration.ts';
import { type ExitCode, exitCode } from '../frame/exit-code.ts';
import { type OutputFlags, openOutput } from '../frame/output.ts';
import type { CommandContext } from '../frame/run-command.ts';
import { maximumWaitSeconds, wholeNumber } from '../frame/whole-number.ts';
import { type OperatorFlags, openOperator } from '../open-operator.ts';
import { statusColumns } from './status-rows.ts';
import { workerUrl } from './worker-url.ts';

export interface StatusFlags extends OperatorFlags, OutputFlags {
  readonly url?: readonly string[];
  readonly days?: string;
  /** `true` without a number of seconds. */
  readonly watch?: string | true;
  readonly check?: boolean;
  readonly maxAge?: string;
  readonly maxParked?: string;
}

const dayMs = 86_400_000;
const clearScreen = '\u001b[2J\u001b[H';

/** Shows the status once, or until Ctrl-C. With `--check` the exit code says whether something is wrong. */
export async function runStatus(flags: StatusFlags, context: CommandContext): Promise<ExitCode> {
  const { signal, terminal } = context;
  const output = openOutput(terminal, statusColumns, flags);
  const question = questionOf(flags);
  const { clients, env, settings } = await openOperator(flags, context, [
    ...isolationBucketSettings,
    ...deadLetterSettings,
  ]);
  const prefix = await prefixOf(flags, env, settings);
  for (;;) {
    const now = new Date();
    const since = new Date(now.getTime() - (question.days - 1) * dayMs);
    const sources = await askForStatus(clients, settings, {
      prefix,
      urls: question.urls,
      since,
      now,
      signal,
    });
    const facts = factsOf(sources, question.limits, now);
    if (question.everyMs !== undefined && terminal.columns !== undefined) terminal.out.write(clearScreen);
    output.write(facts);
    if (question.everyMs === undefined) {
      return flags.check && facts.some((fact) => isFound(fact, flags)) ? exitCode.found : exitCode.done;
    }
    await after(question.everyMs, undefined, { signal });
  }
}

/** The stack tells the prefix, and so the names of the service and of its metrics. */
async function prefixOf(
  { stack }: StatusFlags,
  env: Settings,
  {
    AWS_ENDPOINT_URL,
    AWS_REGION,
  }: { readonly AWS_ENDPOINT_URL?: string | undefined; readonly AWS_REGION: string },
): Promise<string | undefined> {
  if (stack === undefined) return undefined;
  const sources = composeSettingSources({ ...env, AWS_REGION, AWS_ENDPOINT_URL });
  return (await sources.stackOutputs(stack))['Prefix'];
}

function questionOf(flags: StatusFlags) {
  if (flags.check && flags.watch !== undefined) throw usageError('Give --check or --watch, not both.');
  return {
    urls: (flags.url ?? []).map(workerUrl),
    days: wholeNumber('--days', flags.days ?? '3', 1, maximumDays),
    everyMs: everyMsOf(flags.watch),
    limits: {
      maxAgeMs: durationMs('--max-age', flags.maxAge ?? '1h'),
      maxParked: wholeNumber('--max-parked', flags.maxParked ?? '0'),
    },
  };
}

function everyMsOf(watch: StatusFlags['watch']): number | undefined {
  if (watch === undefined) return undefined;
  return watch === true ? 10_000 : wholeNumber('--watch', watch, 1, maximumWaitSeconds) * 1_000;
}

/** A monitor must not take silence for health: what it asked for and nobody knows counts as found. */
function isFound({ isSilent, name, state }: Fact, { maxAge, maxParked }: StatusFlags): boolean {
  if (state !== 'unknown') return state === 'wrong';
  const isAsked =
    (name === 'oldest-unfinished' && maxAge !== undefined) || (name === 'parked' && maxParked !== undefined);
  return isSilent === true || isAsked;
}
