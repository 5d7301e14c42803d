import { describe, expect, it } from 'vitest';
import type { IsolationResult, Provenance, Removal } from '../../../src/core/isolation.ts';
import { asLastSeen, removalAsLastSeen } from '../../../src/core/remove/as-last-seen.ts';

const removal: Removal = {
  kind: 'retained',
  reason: 'locked',
  removedVersions: ['v1'],
  remainingVersions: ['v2', 'v3'],
  uncomparedVersions: ['v3'],
  markerVersionId: 'm1',
};
const retained: IsolationResult = { outcome: { name: 'retained', reason: 'locked' }, removal };
const version = (versionId: string, isLatest = false, isMarker = false) => ({
  versionId,
  isLatest,
  isMarker,
  eTag: isMarker ? '' : `etag-of-${versionId}`,
  sizeBytes: 1,
});

describe('what remains of a source', () => {
  it('is what was listed last: a marker and a version that others took away are not named', () => {
    expect(asLastSeen(retained, [version('v2', true)])).toEqual({
      ...retained,
      removal: {
        kind: 'retained',
        reason: 'locked',
        removedVersions: ['v1'],
        remainingVersions: ['v2'],
        uncomparedVersions: [],
      },
    });
  });

  it('names a marker and a version that others put meanwhile', () => {
    const listed = [version('m2', true, true), version('v4'), version('v3'), version('v2')];

    expect(asLastSeen(retained, listed).removal).toMatchObject({
      markerVersionId: 'm2',
      remainingVersions: ['v4', 'v3', 'v2'],
      uncomparedVersions: ['v3'],
    });
  });

  it('stays what it was if nobody listed, or nothing is known of versions', () => {
    const refused: IsolationResult = { outcome: { name: 'refused', reason: 'sse-c' } };

    expect(asLastSeen(retained, undefined)).toBe(retained);
    expect(asLastSeen(refused, [version('v2', true)])).toBe(refused);
  });
});

describe('what remains where nothing looked at the versions that were put since', () => {
  const uncomparedOf = (of: Removal, sourceVersionId: string, ...listed: ReturnType<typeof version>[]) =>
    removalAsLastSeen(of, { sizeBytes: 1, sourceVersionId } as Provenance, listed).uncomparedVersions;

  it('is uncompared where it has the flagged size, but for what the removal compared', () => {
    const larger = { ...version('v5'), sizeBytes: 2 };
    const listed = [version('v6', true), larger, version('v3'), version('v2')];

    expect(uncomparedOf(removal, 'v1', ...listed)).toEqual(['v3', 'v6']);
  });

  it('is uncompared under the id of the flagged version, where other bytes may be by now', () => {
    const kept: Removal = { ...removal, removedVersions: [], remainingVersions: ['null', 'v2'] };

    expect(uncomparedOf(kept, 'null', version('null', true), version('v2'))).toEqual(['null']);
  });
});
