import { budgetKey, pauseKey } from '../evidence/keys.ts';
import { type Budget, parseBudget } from '../valve/budget.ts';
import type { ControlObjects } from '../valve/control-objects.ts';
import { formatPause, holds, type Pause, parsePause } from '../valve/pause.ts';

/** The person who changes the valve, and the reason. Both are stored for other operators. */
export interface Word {
  readonly by: string;
  readonly reason: string;
}

/** The state of the valve before an operator changes it. */
export interface ValveSeen {
  readonly pause: Pause | undefined;
  /** The time by S3's clock. */
  readonly at: Date;
  readonly spentSince: Date | undefined;
  readonly budget: number | undefined;
  readonly leased: number | undefined;
  readonly countFrom: Date | undefined;
  /** The last count that a worker wrote; of an earlier hour if nothing was leased since. */
  readonly count: Budget | undefined;
  /** Names of existing objects that cannot be parsed. */
  readonly damaged: readonly string[];
}

/** Somebody else changed the pause at the same moment. */
export class PauseChangedError extends Error {
  override readonly name = 'PauseChangedError';

  constructor() {
    super('somebody else changed control/pause.json at the same moment');
  }
}

/** The service is paused, and the new pause would end before the one that holds. */
export class PauseHoldsLongerError extends Error {
  override readonly name = 'PauseHoldsLongerError';
  readonly pause: Pause;

  constructor(pause: Pause) {
    super('the pause that holds ends later');
    this.pause = pause;
  }
}

/** Reads the state that workers follow. Errors of the store are passed on. */
export async function readValve(objects: ControlObjects): Promise<ValveSeen> {
  const pause = await objects.read(pauseKey);
  const budget = await objects.read(budgetKey);
  const parsedPause = pause.found && parsePause(pause.found.text);
  const parsedBudget = budget.found && parseBudget(budget.found.text);
  return {
    pause: parsedPause,
    at: budget.at,
    spentSince: parsedBudget?.spentSince,
    budget: parsedBudget?.budget,
    leased: parsedBudget?.leased,
    countFrom: parsedBudget?.countFrom,
    count: parsedBudget,
    damaged: [
      ...(pause.found && !parsedPause ? [pauseKey] : []),
      ...(budget.found && !parsedBudget ? [budgetKey] : []),
    ],
  };
}

/**
 * Pauses all workers within 15 s, for a time or until a person resumes. The budget that an operator set is kept. Throws
 * `PauseHoldsLongerError` if this would end a pause early: only a resumption does so.
 */
export async function pauseService(objects: ControlObjects, word: Word, forMs?: number): Promise<Pause> {
  return change(objects, (last, at) => {
    const until = forMs === undefined ? undefined : new Date(at.getTime() + forMs);
    if (until !== undefined && holds(last, at) && !(last.until !== undefined && last.until <= until)) {
      throw new PauseHoldsLongerError(last);
    }
    return {
      ...word,
      paused: true,
      since: at,
      ...(until !== undefined && { until }),
      ...(last?.budget !== undefined && { budget: last.budget }),
    };
  });
}

/**
 * Ends any pause, whether of a person or of a spent budget, and starts a new count. `budget` is the number of
 * findings an hour from now on; if absent, the settings of the workers apply.
 */
export async function resumeService(objects: ControlObjects, word: Word, budget?: number): Promise<Pause> {
  const { found } = await objects.read(budgetKey);
  const last = found && parseBudget(found.text);
  return change(objects, (_, now) => ({
    ...word,
    paused: false,
    // S3's clock has whole seconds. Without this step, a second resumption within one second would start no
    // count.
    since: new Date(Math.max(now.getTime(), last ? last.countFrom.getTime() + 1 : 0)),
    ...(budget !== undefined && { budget }),
  }));
}

async function change(
  objects: ControlObjects,
  next: (last: Pause | undefined, at: Date) => Pause,
): Promise<Pause> {
  const { found, at } = await objects.read(pauseKey);
  const pause = next(found && parsePause(found.text), at);
  const text = formatPause(pause);
  const answer = await objects.write(pauseKey, text, found?.eTag);
  // The client may have written twice, because the first answer was lost.
  if (answer.kind === 'conflict' && (await objects.read(pauseKey)).found?.text !== text)
    throw new PauseChangedError();
  return pause;
}
