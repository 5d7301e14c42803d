import { createHash } from 'node:crypto';

/** Macie's limit, in characters. */
export const longestJobName = 500;

/** A discovery job of Macie. */
export interface JobDefinition {
  readonly name: string;
  readonly isDaily: boolean;
  /** The account that owns the buckets. */
  readonly accountId: string;
  readonly buckets: readonly string[];
  /** Without dot. Empty: every object. */
  readonly extensions: readonly string[];
  readonly samplingPercentage: number;
  /** The ids of custom identifiers. */
  readonly identifierIds: readonly string[];
  readonly managed: 'ALL' | 'NONE' | 'RECOMMENDED';
}

/** Macie's words for what a job does. `IDLE`: a daily job between two runs. `PAUSED`: a quota of Macie is reached. */
export type JobState = 'CANCELLED' | 'COMPLETE' | 'IDLE' | 'PAUSED' | 'RUNNING' | 'USER_PAUSED';

export interface JobSeen {
  readonly id: string;
  readonly name: string;
  readonly isDaily: boolean;
  readonly state: JobState;
  readonly createdAt?: Date;
  /** Whether the last run could not read everything. */
  readonly hadErrors: boolean;
  readonly buckets: readonly string[];
}

/**
 * Returns the name of a job from what it does, so that a command that is repeated finds its job. A one-time job is made
 * anew on another day.
 */
export function jobNameOf(job: Omit<JobDefinition, 'name'>, today: Date): string {
  const kind = job.isDaily ? 'daily' : `once-${today.toISOString().slice(0, 10)}`;
  return `macie-isolator-${kind}-${hashOf(job).slice(0, 12)}`;
}

/** Returns a token by which Macie knows a repeated call. `earlier`: the jobs of this name that have ended. */
export function jobTokenOf(job: JobDefinition, earlier: number): string {
  return hashOf({ job, earlier });
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}

/** Whether the job ends by itself, and how: `done`, `errors` (not everything was read), `stopped` (by a person). */
export function fateOf({
  hadErrors,
  state,
}: Pick<JobSeen, 'hadErrors' | 'state'>): 'done' | 'errors' | 'stopped' | undefined {
  if (state === 'CANCELLED' || state === 'USER_PAUSED') return 'stopped';
  if (state !== 'COMPLETE' && state !== 'IDLE') return undefined;
  return hadErrors ? 'errors' : 'done';
}
