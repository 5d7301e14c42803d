import { refuseUnreadable } from '../copy/copy-object.ts';
import type { Rehearsal } from '../isolation.ts';
import type { Outcome } from '../outcome.ts';
import type { CopyVersion } from '../remove/copy-version.ts';
import type { ListedVersion, StoredObject } from '../source-buckets.ts';

export interface Rehearsed {
  readonly rehearsal: Rehearsal;
  /** What lay at the key when the versions were compared; absent if they were not listed. */
  readonly listed?: readonly ListedVersion[];
}

/** A locked version keeps all versions: a marker would only hide it, and no other version could be removed safely. */
export function ending(
  lock: StoredObject['lock'],
  ids: readonly string[],
): Pick<Rehearsal, 'expected' | 'wouldRemove'> {
  if (lock !== undefined) return { expected: { name: 'retained', reason: lock }, wouldRemove: [] };
  return { expected: { name: 'isolated' }, wouldRemove: ids };
}

export function nothingWouldGo(expected: Outcome, read: Rehearsal['read']): Rehearsal {
  return { expected, wouldRemove: [], read };
}

export function uncomparedOf(uncompared: readonly string[]): Pick<Rehearsal, 'uncomparedVersions'> {
  return uncompared.length === 0 ? {} : { uncomparedVersions: uncompared };
}

/** As if every copy succeeded. */
export const pretendToCopy: CopyVersion = async (_, stored) => {
  try {
    refuseUnreadable(stored);
    return 'copied';
  } catch {
    return 'refused';
  }
};
