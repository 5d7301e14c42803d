import { z } from 'zod';
import { jsonOf } from '../json.ts';
import { moment } from './moment.ts';

/** The order of an operator (`control/pause.json`): the service is paused, or the pause is over. */
export interface Pause {
  readonly paused: boolean;
  /** The person who paused or resumed. */
  readonly by: string;
  readonly reason: string;
  /** When the order was written, by S3's clock. A resumption starts a new count of the budget at this moment. */
  readonly since: Date;
  /** The moment at which the pause ends by itself. */
  readonly until?: Date;
  /** Findings an hour from now on, in place of `ISOLATION_BUDGET_PER_HOUR`. */
  readonly budget?: number;
}

const stored = z.strictObject({
  version: z.literal(1),
  paused: z.boolean(),
  by: z.string(),
  reason: z.string(),
  since: moment,
  until: moment.nullable(),
  budget: z.int().min(0).nullable(),
});

/** Returns `undefined` if the text is not a pause of this version. */
export function parsePause(json: string): Pause | undefined {
  const parsed = stored.safeParse(jsonOf(json));
  if (!parsed.success) return undefined;
  const { version: _, until, budget, ...rest } = parsed.data;
  return { ...rest, ...(until !== null && { until }), ...(budget !== null && { budget }) };
}

export function formatPause(pause: Pause): string {
  const { paused, by, reason, since, until, budget } = pause;
  return JSON.stringify({
    version: 1,
    paused,
    by,
    reason,
    since: since.toISOString(),
    until: until?.toISOString() ?? null,
    budget: budget ?? null,
  });
}

/** Whether the pause applies at this moment of S3's clock. */
export function holds(pause: Pause | undefined, now: Date): pause is Pause {
  return pause?.paused === true && (pause.until === undefined || now < pause.until);
}
