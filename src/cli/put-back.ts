import { RefusedError, RetryableError } from '../core/errors.ts';
import { type Release, type ReleasePorts, type ReleaseReason, release } from '../core/operate/release.ts';
import type { ReleaseRow } from './release-rows.ts';

/** After so many failures in a row the cause is not the one object, and the rest would fail too. */
const failuresInARow = 3;

/** Returns what puts one object back. An object that cannot be put back does not keep the others from it. */
export function putBackOf(
  reason: ReleaseReason,
  ready: readonly ReleaseRow[],
  ports: ReleasePorts,
): (row: ReleaseRow) => Promise<ReleaseRow> {
  const versions = Map.groupBy(ready, sourceOf);
  const blocked = new Set<string>();
  let failures = 0;
  const tryOne = async (row: ReleaseRow): Promise<ReleaseRow> => {
    if (row.object === undefined) return row;
    const order = versions.get(sourceOf(row))?.flatMap(({ object }) => object ?? []);
    try {
      const answer = await release(row.object, reason, ports, order);
      failures = 0;
      return { ...row, ...resultOf(answer) };
    } catch (error) {
      if (error instanceof RefusedError) {
        return { ...row, result: `refused: ${error.reason}`, isDone: false, mayBeRepeated: true };
      }
      failures += 1;
      if (!(error instanceof RetryableError) || failures === failuresInARow) throw error;
      return { ...row, result: `failed: ${error.code}, try it again`, isDone: false, mayBeRepeated: true };
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
