import { describe, expect, it } from 'vitest';
import {
  type IsolationResult,
  isContained,
  type Provenance,
  removedBy,
  sourceOf,
} from '../../../src/core/isolation.ts';

const provenance: Provenance = {
  findingId: 'f1',
  sourceETag: 'e1',
  sizeBytes: 4,
  checksum: { algorithm: 'SHA256', value: 'x', type: 'FULL_OBJECT' },
  isolatedAt: '2026-11-20T20:00:00.000Z',
  serviceVersion: '1.2.3',
};

describe('a source that is gone', () => {
  it('is known by the provenance of its copy', () => {
    const whole = {
      ...provenance,
      sourceVersionId: 'v1',
      lastModified: '2026-11-19T08:00:00.000Z',
      storageClass: 'STANDARD',
      replicationStatus: 'COMPLETED',
    };

    expect(sourceOf(whole)).toStrictEqual({
      sizeBytes: 4,
      versionId: 'v1',
      lastModified: new Date('2026-11-19T08:00:00.000Z'),
      storageClass: 'STANDARD',
      replicationStatus: 'COMPLETED',
    });
  });

  it('is known by its size alone where an earlier version made the copy', () => {
    expect(sourceOf(provenance)).toStrictEqual({ sizeBytes: 4 });
  });
});

describe('the latest time of the removal', () => {
  const outcome = { name: 'isolated' } as const;
  const [early, late] = [new Date(1), new Date(2)];

  it.each([
    ['the time itself', { outcome, removedAt: early }, early],
    ['the later bound', { outcome, removedBetween: { notBefore: early, notAfter: late } }, late],
    ['not known', { outcome }, undefined],
  ])('is %s', (_, isolation, time) => {
    expect(removedBy(isolation)).toBe(time);
  });
});

describe('an object that stays', () => {
  const outcome = { name: 'retained', reason: 'locked' } as const;
  const fence = { fence: 'fenced', at: new Date(0), unfencedVersions: [] } as const;

  it.each([
    ['is contained by a fence that is proved', { outcome, fence }, true],
    [
      'is not known to be contained where nobody could look at it',
      { outcome, fence, unseen: true as const },
      false,
    ],
    ['is not contained without a fence', { outcome }, false],
    ['is not contained by a tag alone', { outcome, fence: { ...fence, fence: 'tagged' as const } }, false],
    [
      'is not contained where a replica exists',
      { outcome, fence, source: { sizeBytes: 1, replicationStatus: 'COMPLETED' } },
      false,
    ],
    [
      'is contained where the source is known and has no replica',
      { outcome, fence, source: { sizeBytes: 1 } },
      true,
    ],
    [
      'is not contained where another version may hold the bytes',
      { outcome, fence: { ...fence, unfencedVersions: ['v2'] } },
      false,
    ],
  ])('%s', (_, isolation: IsolationResult, contained) => {
    expect(isContained(isolation)).toBe(contained);
  });
});
