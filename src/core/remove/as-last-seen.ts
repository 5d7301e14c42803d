import type { IsolationResult } from '../isolation.ts';
import type { ListedVersion } from '../source-buckets.ts';
import { nothingRemoved } from './plan-removal.ts';

/**
 * Names what remains of a source as a later listing showed it. Others may have put or removed versions and delete
 * markers since the removal looked, and record and alert must not name what is known to be gone.
 */
export function asLastSeen(
  result: IsolationResult,
  listed: readonly ListedVersion[] | undefined,
): IsolationResult {
  const { removal, ...rest } = result;
  if (removal === undefined || listed === undefined) return result;
  const { markerVersionId: _, ...before } = removal;
  const now = nothingRemoved(listed);
  const uncomparedVersions = before.uncomparedVersions.filter((id) => now.remainingVersions.includes(id));
  return {
    ...rest,
    removal: { ...before, ...now, removedVersions: before.removedVersions, uncomparedVersions },
  };
}
