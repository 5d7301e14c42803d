import { z } from 'zod';
import type { Limit } from '../isolation-budget.ts';
import { jsonOf } from '../json.ts';
import { hourPattern } from './budget.ts';

/** How many units of a limit the fleet has leased in one hour (`control/limits/<hour>/<hash>.json`). */
export interface LimitCount extends Limit {
  /** The hour in UTC by S3's clock, for example `2026-11-27T22`. */
  readonly hour: string;
  readonly leased: number;
}

const stored = z.strictObject({
  version: z.literal(1),
  hour: z.string().regex(hourPattern),
  of: z.enum(['rule', 'bucket']),
  name: z.string(),
  limit: z.int().min(1),
  leased: z.int().min(0),
});

/** Returns `undefined` if the text is not a count of this version. */
export function parseLimitCount(json: string): LimitCount | undefined {
  const parsed = stored.safeParse(jsonOf(json));
  if (!parsed.success) return undefined;
  const { hour, leased, limit, name, of } = parsed.data;
  return { of, name, perHour: limit, hour, leased };
}

export function formatLimitCount({ hour, leased, name, of, perHour }: LimitCount): string {
  return JSON.stringify({ version: 1, hour, of, name, limit: perHour, leased });
}
