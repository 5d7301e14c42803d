import { accessKey } from '../evidence/keys.ts';
import { columnsOf } from '../evidence/object-columns.ts';
import type { FlaggedObject } from '../finding.ts';
import type { IsolationBucket } from '../isolation-bucket.ts';

/** Who touches a copy, and why. */
export interface AccessReason {
  readonly who: string;
  /** The ARN of the credentials; absent if STS does not say it. `who` may be any name. */
  readonly principal?: string;
  readonly why: string;
}

/** The thing that is touched: the copy, or the object at its source whose fence is lifted. */
export interface Touched {
  readonly findingId: string;
  readonly isolationKey?: string;
  readonly object?: FlaggedObject;
}

/**
 * Writes a line about an access. It must be written before the access, so that no access is without a line; a
 * line whose access then failed says more than happened.
 */
export async function noteAccess(
  isolationBucket: IsolationBucket,
  what: 'get' | 'hold' | 'unhold' | 'lift',
  { findingId, isolationKey, object }: Touched,
  { principal, who, why }: AccessReason,
  { now, suffix }: { readonly now: Date; readonly suffix: string },
): Promise<string> {
  const key = accessKey(findingId, now, suffix);
  const line = {
    what,
    who,
    principal: principal ?? null,
    why,
    at: now.toISOString(),
    finding_id: findingId,
    isolation_key: isolationKey ?? null,
    ...(object && columnsOf(object)),
  };
  // What exists already is this line: an attempt whose answer was lost has put it. No other access has the suffix.
  await isolationBucket.put(key, JSON.stringify(line));
  return key;
}
