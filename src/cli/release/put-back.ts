import type { SourcePorts } from '../../compose/operator/release.ts';
import { RefusedError, RetryableError } from '../../core/errors.ts';
import { type Release, type ReleaseReason, release } from '../../core/operate/release/release.ts';
import { releaseInPlace } from '../../core/operate/release/release-in-place.ts';
import type { ReleaseRow } from './release-rows.ts';

/** After so many failures in a row the cause is not the one object, and the rest would fail too. */
const failuresInARow = 3;

/** A repetition mends none of these: somebody has to give the permission first. */
const denials: ReadonlySet<string> = new Set(['AccessDenied', 'HTTP403']);

/** Returns what puts one object back. An object that cannot be put back does not keep the others from it. */
export function putBackOf(
  reason: ReleaseReason,
  ready: readonly ReleaseRow[],
  ports: SourcePorts,
): (row: ReleaseRow) => Promise<ReleaseRow> {
  const versions = Map.groupBy(ready, sourceOf);
  const blocked = new Set<string>();
  let failures = 0;
  const tryOne = async (row: ReleaseRow): Promise<ReleaseRow> => {
    const { isInPlace, object } = row;
    if (object === undefined) return row;
    const order = versions.get(sourceOf(row))?.flatMap((version) => version.object ?? []);
    try {
      const answer = isInPlace ? undefined : await release(object, reason, ports, order);
      // The flagged bytes may lie there themselves, because they could not be removed.
      const mayLieThere = answer === undefined || answer.kind === 'occupied';
      const left = mayLieThere ? await releaseInPlace(object, row.findingId, reason, ports) : 'absent';
      failures = 0;
      if (left === 'released') return { ...row, result: 'released where it is', isDone: true };
      if (answer === undefined && left === 'unknown') {
        return { ...row, result: 'its versions may not be listed', isDone: false, mayBeRepeated: true };
      }
      if (answer === undefined) return { ...row, result: 'not there any more', isDone: false };
      return { ...row, ...resultOf(answer) };
    } catch (error) {
      if (error instanceof RefusedError) {
        return { ...row, result: `refused: ${error.reason}`, isDone: false, mayBeRepeated: true };
      }
      failures += 1;
      if (!(error instanceof RetryableError) || failures === failuresInARow) throw error;
      const result = denials.has(error.code)
        ? `denied: ${error.code}`
        : `failed: ${error.code}, try it again`;
      return { ...row, result, isDone: false, mayBeRepeated: true };
    }
  };
  return async (row) => {
    // Nothing can be put beneath a newer version later.
    if (blocked.has(sourceOf(row))) {
      return { ...row, result: 'waits for an older version of the object', isDone: false };
    }
    const result = await tryOne(row);
    if (result.mayBeRepeated) blocked.add(sourceOf(row));
    return result;
  };
}

function sourceOf({ object }: ReleaseRow): string {
  return JSON.stringify([object?.accountId, object?.bucket, object?.key]);
}

function resultOf(answer: Release): Partial<ReleaseRow> & Pick<ReleaseRow, 'result' | 'isDone'> {
  switch (answer.kind) {
    case 'released':
      return {
        result: 'released',
        isDone: true,
        eTag: answer.eTag,
        lost: answer.lost,
        ...(answer.versionId !== undefined && { versionId: answer.versionId }),
      };
    case 'no-copy':
      return { result: 'no verified copy', isDone: false };
    case 'occupied':
      return { result: 'another object lies there', isDone: false };
    case 'newer-is-back':
      return { result: 'a newer version was put back before', isDone: false };
  }
}
