import { setTimeout as pause } from 'node:timers/promises';
import type { OperatorMacie } from '../../compose/operator/macie.ts';
import { fateOf, type JobState } from '../../core/operate/macie/jobs.ts';
import { CommandError } from '../frame/command-error.ts';
import type { Progress } from '../frame/progress.ts';
import { countText } from '../frame/size-text.ts';

/** Yields the state of a job at each look, until its first run is done. Throws if the job stops before. */
export async function* statesUntilEnd(
  id: string,
  macie: OperatorMacie,
  { pollMs, progress, signal }: { pollMs: number; progress: Progress; signal: AbortSignal },
): AsyncGenerator<JobState> {
  for (;;) {
    const seen = await macie.describeJob(id);
    const fate = fateOf(seen);
    progress.clear();
    yield seen.state;
    if (fate === 'done') return;
    if (fate !== undefined) {
      const why = fate === 'errors' ? 'ended, and could not read everything' : `was stopped (${seen.state})`;
      throw new CommandError(`The job ${id} ${why}. Macie’s console and the log of the job say more.`);
    }
    const left = seen.left === undefined ? '' : `, about ${countText(seen.left, 'object')} left`;
    progress.say(`${seen.state === 'PAUSED' ? 'Waits for a quota of Macie' : 'Scanning'}${left}`);
    await pause(pollMs, undefined, { signal });
  }
}
