import type { IsolationResult, Provenance, Removal } from '../isolation.ts';
import type { ListedVersion } from '../source-buckets.ts';
import { idsOfSize } from './choose-versions.ts';
import { nothingRemoved } from './plan-removal.ts';

/**
 * Names what remains of a source as a later listing showed it. Others may have put or removed versions and delete
 * markers since the removal looked, and record and alert must not name what is known to be gone.
 */
export function asLastSeen(
  result: IsolationResult,
  listed: readonly ListedVersion[] | undefined,
): IsolationResult {
  const { removal } = result;
  if (removal === undefined || listed === undefined) return result;
  return { ...result, removal: listedNow(removal, listed) };
}

/**
 * As `asLastSeen`, if nothing looked at the versions that were put since the removal chose: those of the flagged size may
 * hold the flagged bytes.
 */
export function removalAsLastSeen(
  removal: Removal,
  { sizeBytes, sourceVersionId }: Provenance,
  listed: readonly ListedVersion[],
): Removal {
  // Under the id of the `null` version there may be other bytes now.
  const compared = removal.remainingVersions.filter((versionId) => versionId !== sourceVersionId);
  const putSince = idsOfSize(listed, sizeBytes).filter((versionId) => !compared.includes(versionId));
  const uncomparedVersions = [...new Set([...removal.uncomparedVersions, ...putSince])];
  return listedNow({ ...removal, uncomparedVersions }, listed);
}

function listedNow(removal: Removal, listed: readonly ListedVersion[]): Removal {
  const { markerVersionId: _, ...before } = removal;
  const now = nothingRemoved(listed);
  const uncomparedVersions = before.uncomparedVersions.filter((id) => now.remainingVersions.includes(id));
  return { ...before, ...now, removedVersions: before.removedVersions, uncomparedVersions };
}
