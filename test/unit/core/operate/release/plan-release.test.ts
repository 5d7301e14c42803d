import { describe, expect, it } from 'vitest';
import { RefusedError } from '../../../../../src/core/errors.ts';
import { objectDigest, releaseKey } from '../../../../../src/core/evidence/keys.ts';
import { fenceTag } from '../../../../../src/core/fences.ts';
import type { IsolatedCopy } from '../../../../../src/core/isolation.ts';
import type { EvidenceReader } from '../../../../../src/core/operate/records/evidence-reader.ts';
import {
  inOrderOfTime,
  olderVersionsFirst,
  planRelease,
} from '../../../../../src/core/operate/release/plan-release.ts';
import { releaseInPlace } from '../../../../../src/core/operate/release/release-in-place.ts';
import { createFakeWorld } from '../../../../support/fake-ports.ts';
import { finding, flaggedBytes, flaggedETag, flaggedObject } from '../../../../support/findings.ts';
import { seededRecord } from '../../../../support/seeded-records.ts';

type Seed = Parameters<typeof seededRecord>[0];

/** The isolation bucket with these records. */
function evidenceWith(...seeds: Seed[]): EvidenceReader {
  const texts = new Map(seeds.map((seed) => seededRecord(seed)).map(({ key, json }) => [key, json]));
  return {
    async folders(prefix) {
      const names = [...texts.keys()].filter((key) => key.startsWith(prefix));
      return [...new Set(names.map((key) => key.slice(prefix.length).split('/')[0] ?? ''))];
    },
    async *keys(prefix) {
      yield* [...texts.keys()].filter((key) => key.startsWith(prefix)).sort();
    },
    get: async (key) => texts.get(key),
  };
}

const copy: IsolatedCopy = {
  key: 'objects/1/b/k@e',
  madeNow: true,
  provenance: {
    findingId: finding().id,
    sourceETag: 'e',
    sizeBytes: 1,
    checksum: { algorithm: 'CRC32', value: 'AAAAAA==', type: 'FULL_OBJECT' },
    isolatedAt: '2026-11-20T19:46:53.031Z',
    serviceVersion: '1.2.3',
  },
};
const removal = {
  kind: 'removed',
  removedVersions: ['v2', 'v1'],
  remainingVersions: [],
  uncomparedVersions: [],
} as const;
const isolated = { name: 'isolated' } as const;
const isolatedSeed: Seed = {
  outcome: isolated,
  isolation: { outcome: isolated, copy, removal, source: { sizeBytes: 1, lastModified: new Date(0) } },
};
const plan = (evidence: EvidenceReader, id = finding().id, object?: string) =>
  planRelease({ id, ...(object !== undefined && { object }) }, evidence);

describe('what a release by a finding id would put back', () => {
  it('is the object of the record that names its copy, with the versions that were removed', async () => {
    expect(await plan(evidenceWith({ outcome: { name: 'alerted' } }, isolatedSeed))).toMatchObject({
      kind: 'object',
      findingId: finding().id,
      object: { bucket: 'member-data', eTag: flaggedETag },
      isolationKey: copy.key,
      sourceLastModified: '1970-01-01T00:00:00.000Z',
      removedVersions: ['v2', 'v1'],
    });
  });

  it('is nothing without a record', async () => {
    expect(await plan(evidenceWith())).toStrictEqual({ kind: 'no-record' });
  });

  it('is nothing where the only key on record is the one that a dry run intended', async () => {
    const seed: Seed = { outcome: { name: 'dry_run' }, intendedIsolationKey: 'objects/1/b/k@e' };

    expect(await plan(evidenceWith(seed))).toMatchObject({
      kind: 'not-isolated',
      outcomes: ['dry_run'],
      findingId: finding().id,
      isFenced: false,
    });
  });

  it.each([
    ['fenced', true],
    ['tagged', true],
    ['open', false],
  ] as const)(
    'is the object where it is, which a record calls %s: is it fenced? %s',
    async (fence, isFenced) => {
      const outcome = { name: 'alerted' } as const;
      const fenced = { fence, at: new Date(0), unfencedVersions: [] };

      expect(await plan(evidenceWith({ outcome, isolation: { outcome, fence: fenced } }))).toMatchObject({
        kind: 'not-isolated',
        outcomes: ['alerted'],
        isFenced,
      });
    },
  );

  it('is asked for again where the beginning of the id fits two findings', async () => {
    const other: Seed = { ...isolatedSeed, finding: { id: `${finding().id.slice(0, 31)}0` } };
    const evidence = evidenceWith(isolatedSeed, other);

    const both = await plan(evidence, finding().id.slice(0, 8));

    expect(both).toMatchObject({ kind: 'ambiguous' });
    expect(both.kind === 'ambiguous' && both.candidates).toHaveLength(2);
    expect(await plan(evidence)).toMatchObject({ kind: 'object' });
  });

  it('is the object that its digest names', async () => {
    expect(await plan(evidenceWith(isolatedSeed), finding().id, objectDigest(flaggedObject()))).toMatchObject(
      {
        kind: 'object',
      },
    );
    expect(await plan(evidenceWith(isolatedSeed), finding().id, '0'.repeat(16))).toStrictEqual({
      kind: 'no-record',
    });
  });
});

describe('the order of releases', () => {
  const row = (key: string, at: string) => ({ object: flaggedObject({ key }), sourceLastModified: at });

  it('puts the older versions of a key first, and leaves other keys where they are', () => {
    const rows = [row('a', '3'), row('b', '9'), row('a', '1'), row('b', '8'), row('a', '2')];

    expect(olderVersionsFirst(rows)).toStrictEqual([
      row('a', '1'),
      row('b', '8'),
      row('a', '2'),
      row('b', '9'),
      row('a', '3'),
    ]);
  });

  it('tells keys of two buckets or accounts apart', () => {
    const inBucket = (bucket: string, at: string) => ({
      object: flaggedObject({ bucket }),
      sourceLastModified: at,
    });
    const rows = [inBucket('one', '3'), inBucket('other', '1')];

    expect(olderVersionsFirst(rows)).toStrictEqual(rows);
  });

  it('keeps rows of the same time, or without one, in their order', () => {
    const rows = [
      { id: 1 },
      { id: 2, sourceLastModified: '1' },
      { id: 3 },
      { id: 4, sourceLastModified: '1' },
    ];

    expect(inOrderOfTime(rows).map(({ id }) => id)).toStrictEqual([1, 3, 2, 4]);
  });
});

describe('a release of bytes that never left their source', () => {
  const who = { who: 'Ada', why: 'no personal data' };
  const object = flaggedObject();

  function arrange(
    tags: readonly (readonly [string, string])[] = [[fenceTag, 'f']],
    versioning: 'enabled' | 'never' = 'never',
  ) {
    const world = createFakeWorld(versioning);
    const versionId = world.source.upload(object, flaggedBytes);
    world.source.setTags(object, tags);
    const { clock, isolationBucket, sourceBuckets } = world.ports;
    const ports = { clock, isolationBucket, sourceBuckets, tags: world.source.sourceTags };
    const releasing = () => releaseInPlace(object, 'f', who, ports);
    return { world, versionId, releasing, tags: () => world.source.tagsOf(object) };
  }
  const mark = ['isolator-released', 'true'];

  it('takes the fence away, marks the object, and is on record before that', async () => {
    const { releasing, tags, world } = arrange([
      ['team', 'a'],
      [fenceTag, 'f'],
    ]);
    world.log.on({
      at: 'tags.replace',
      before: () => expect(world.keys('releases/')).toStrictEqual([releaseKey(object, flaggedETag)]),
    });

    expect(await releasing()).toBe('released');
    expect(tags()).toStrictEqual([['team', 'a'], mark]);
    const json = world.isolation.objects.get(releaseKey(object, flaggedETag))?.bytes ?? '';
    expect(JSON.parse(json)).toMatchObject({ ...who, finding_id: 'f', lost: [] });
  });

  it('is on record by the version id too', async () => {
    const { releasing, versionId = '', world } = arrange([[fenceTag, 'f']], 'enabled');

    expect(await releasing()).toBe('released');
    expect(world.keys('releases/')).toStrictEqual(
      [releaseKey(object, flaggedETag), releaseKey(object, versionId)].sort(),
    );
  });

  it('changes no tags where the object is marked and has no fence', async () => {
    const { releasing, world } = arrange([['isolator-released', 'true']]);

    expect(await releasing()).toBe('released');
    expect(world.log.names).not.toContain('tags.replace');
  });

  it('takes the fence of a marked object away', async () => {
    const { releasing, tags } = arrange([
      ['isolator-released', 'true'],
      [fenceTag, 'f'],
    ]);

    expect(await releasing()).toBe('released');
    expect(tags()).toStrictEqual([mark]);
  });

  it('is said by the record alone where ten tags leave no room for the mark', async () => {
    const ten = Array.from({ length: 10 }, (_, index) => [`t${index}`, 'x'] as const);
    const { releasing, tags, world } = arrange(ten);

    expect(await releasing()).toBe('released');
    expect(tags()).toStrictEqual(ten);
    expect(world.keys('releases/')).toHaveLength(1);
  });

  it('is none where the flagged bytes are gone: nothing is recorded or marked', async () => {
    const { releasing, tags, world } = arrange([]);
    world.source.upload(object, 'other bytes');

    expect(await releasing()).toBe('absent');
    expect(world.keys('releases/')).toStrictEqual([]);
    expect(tags()).toStrictEqual([]);
  });

  it('is not known where the versions may not be listed, and the finding names none', async () => {
    const { releasing, world } = arrange();
    world.log.on({
      at: 'source.listVersions',
      before() {
        throw new RefusedError('access-denied', 'no');
      },
    });

    expect(await releasing()).toBe('unknown');
    expect(world.keys('releases/')).toStrictEqual([]);
  });

  it('is none where the object goes before its tags are read or replaced', async () => {
    for (const at of ['tags.read', 'tags.replace']) {
      const { releasing, world } = arrange();
      world.log.on({ at, before: () => world.source.erase(object) });

      expect(await releasing()).toBe('absent');
    }
  });
});
