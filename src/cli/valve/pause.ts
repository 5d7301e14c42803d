import { controlOf, isolationBucketSettings } from '../../compose/operator/isolation-bucket.ts';
import { countMessages } from '../../compose/operator/queues.ts';
import {
  PauseChangedError,
  PauseHoldsLongerError,
  pauseService,
  readValve,
  resumeService,
  type ValveSeen,
} from '../../core/operate/pause-service.ts';
import { isPaused, stateText } from '../../core/operate/valve-state.ts';
import type { Pause } from '../../core/valve/pause.ts';
import { isConfirmed } from '../frame/ask.ts';
import { CommandError, usageError } from '../frame/command-error.ts';
import { durationMs } from '../frame/duration.ts';
import { type ExitCode, exitCode } from '../frame/exit-code.ts';
import { type OutputFlags, openOutput } from '../frame/output.ts';
import type { CommandContext } from '../frame/run-command.ts';
import { visible } from '../frame/terminal.ts';
import { type OperatorFlags, openOperator } from '../open-operator.ts';
import { whoIsResponsible } from '../responsible.ts';
import { type ValveRow, valveColumns, waitingText } from './valve-rows.ts';

interface ValveFlags extends OperatorFlags, OutputFlags {
  readonly reason: string;
  readonly who?: string;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
}

export interface PauseFlags extends ValveFlags {
  /** For example `2h`. If absent, the pause lasts until a person resumes. */
  readonly for?: string;
}

export interface ResumeFlags extends ValveFlags {
  /** Findings an hour. */
  readonly budget?: string;
}

/** Pauses every worker within 15 s, by `control/pause.json`. */
export async function runPause(flags: PauseFlags, context: CommandContext): Promise<ExitCode> {
  const forMs = flags.for === undefined ? undefined : durationMs('--for', flags.for);
  const how = forMs === undefined ? 'until a person resumes' : `for ${flags.for}`;
  return changeValve(flags, context, {
    question: ({ bucket }) => `Pause every worker of ${bucket} ${how}?`,
    write: (objects, word) => pauseService(objects, word, forMs),
    state: 'paused',
  });
}

/** Ends a pause, whether of a person or of a spent budget, and starts a new count. */
export async function runResume(flags: ResumeFlags, context: CommandContext): Promise<ExitCode> {
  const budget = budgetOf(flags.budget);
  const how = budget === undefined ? 'the budget of the workers’ settings' : `a budget of ${budget} an hour`;
  return changeValve(flags, context, {
    question: ({ seen, waiting }) =>
      isPaused(seen)
        ? `${waitingText(waiting)} Resume with ${how}?`
        : `Nothing is paused. Begin a new count, with ${how}, beside what this hour has isolated already?`,
    write: (objects, word) => resumeService(objects, word, budget),
    state: 'running',
  });
}

interface Change {
  question(about: {
    readonly bucket: string;
    readonly seen: ValveSeen;
    readonly waiting: number | undefined;
  }): string;
  write(
    objects: Parameters<typeof pauseService>[0],
    word: { readonly by: string; readonly reason: string },
  ): Promise<Pause>;
  readonly state: 'paused' | 'running';
}

async function changeValve(
  flags: ValveFlags,
  context: CommandContext,
  { question, state, write }: Change,
): Promise<ExitCode> {
  const { signal, terminal } = context;
  const output = openOutput(terminal, valveColumns, flags);
  const { clients, settings } = await openOperator(flags, context, isolationBucketSettings);
  const control = controlOf(clients, settings);
  const seen = await readValve(control);
  // Whoever may change the valve may lack the permission to read the queue's depth.
  const waiting = await countMessages(clients, settings.QUEUE_URL).catch(() => undefined);
  const counted = waiting === undefined ? {} : { waiting };
  terminal.err.write(`${visible(stateText(seen))}\n`);
  if (flags.dryRun) {
    const now: ValveRow = { state: isPaused(seen) ? 'paused' : 'running', ...counted };
    output.write([seen.pause === undefined ? now : { ...now, pause: seen.pause }]);
    return exitCode.done;
  }
  if (
    !(await isConfirmed(
      terminal,
      question({ bucket: settings.ISOLATION_BUCKET, seen, waiting }),
      flags,
      signal,
    ))
  ) {
    terminal.err.write('Nothing was changed.\n');
    return exitCode.failed;
  }
  const word = { by: await whoIsResponsible(flags.who, clients), reason: flags.reason };
  const pause = await write(control, word).catch((error: unknown) => {
    if (error instanceof PauseHoldsLongerError) throw explainLongerPause(error);
    if (!(error instanceof PauseChangedError)) throw error;
    throw new CommandError(
      'Somebody else paused or resumed at the same moment. Run the command again to see what holds now.',
      exitCode.failed,
      { cause: error },
    );
  });
  output.write([{ state, pause, ...counted }]);
  return exitCode.done;
}

/** Somebody else's pause may hold for a reason that this operator does not know. */
function explainLongerPause({ pause }: PauseHoldsLongerError): CommandError {
  const { by, reason, until } = pause;
  const end = until === undefined ? 'a person resumes' : until.toISOString();
  return new CommandError(
    visible(
      `The service is paused until ${end}, by ${by}: ${reason}. This pause would end earlier, so nothing was changed. Pause without --for, or resume.`,
    ),
    exitCode.failed,
  );
}

function budgetOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,8}$/.test(text)) {
    throw usageError(`--budget takes findings an hour, a whole number from 1 on; not ${visible(text)}.`);
  }
  return Number(text);
}
