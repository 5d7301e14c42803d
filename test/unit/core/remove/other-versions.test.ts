import { describe, expect, it } from 'vitest';
import { RefusedError, RetryableError } from '../../../../src/core/errors.ts';
import { isolationKey, releaseKey } from '../../../../src/core/evidence/keys.ts';
import { chooseIdentical } from '../../../../src/core/remove/choose-versions.ts';
import { chooseAllOthers } from '../../../../src/core/remove/copy-other-versions.ts';
import type { CopyVersion } from '../../../../src/core/remove/copy-version.ts';
import { createFakeWorld, type FakeWorld, workOn } from '../../../support/fake-ports.ts';
import { fakeChecksum, type StoredOverrides, storedObject } from '../../../support/fake-stored-object.ts';
import { finding, flaggedBytes, flaggedETag, flaggedObject, md5Hex } from '../../../support/findings.ts';

const object = flaggedObject();

type How = 'identical' | 'all';

/** What is chosen beside the version `flagged` by the listing as it is now. */
async function choose(
  { ports }: Pick<FakeWorld, 'ports'>,
  how: How,
  flagged: string,
  known: StoredOverrides = {},
  copyVersion?: CopyVersion,
) {
  const about = finding({ object: flaggedObject({ versionId: flagged }) });
  const chooser = how === 'all' ? chooseAllOthers : chooseIdentical;
  const listed = await ports.sourceBuckets.listVersions(object);
  return chooser(workOn(ports, about), copyVersion)(listed, {
    ...storedObject(flaggedBytes, known),
    versionId: flagged,
  });
}

/** HEAD answers 404 for this version. */
function lacking({ ports }: FakeWorld, lacked: string): Pick<FakeWorld, 'ports'> {
  const { sourceBuckets } = ports;
  const head: typeof sourceBuckets.head = async (about, versionId) =>
    versionId === lacked ? undefined : sourceBuckets.head(about, versionId);
  return { ports: { ...ports, sourceBuckets: { ...sourceBuckets, head } } };
}

/** `v1` the first uploaded, and so on. */
function worldWith(...versions: (StoredOverrides & { readonly bytes?: string })[]): FakeWorld {
  const world = createFakeWorld('enabled');
  for (const { bytes = flaggedBytes, ...overrides } of versions)
    world.source.upload(object, bytes, overrides);
  return world;
}

const seen = (versionId: string, bytes = flaggedBytes) => ({ versionId, eTag: md5Hex(bytes) });
/** What is expected of these: with `all` each has its own copy. */
const chosen = (how: How, ...others: ReturnType<typeof seen>[]) =>
  how === 'all'
    ? { others, identical: [], uncompared: [], mixed: true as const }
    : { others, identical: others, uncompared: [] };
const throws = (error: Error) => () => {
  throw error;
};

describe.each<How>(['identical', 'all'])('the versions chosen beside the flagged one (%s)', (how) => {
  it('are neither itself nor delete markers', async () => {
    const world = worldWith({}, {});
    world.source.erase(object);

    expect(await choose(world, how, 'v2')).toStrictEqual(chosen(how, seen('v1')));
  });

  it.each<[string, (world: FakeWorld) => void]>([
    ['removed a version', ({ source }) => source.drop(object, 'v1')],
    [
      'put a version beside',
      ({ source }) => void (source.drop(object, 'v1'), source.upload(object, 'newer')),
    ],
    ['removed the current version', ({ source }) => ['v1', 'v3'].forEach((id) => source.drop(object, id))],
  ])('are chosen anew if others have %s since the listing', async (_, change) => {
    const world = worldWith({}, {}, {});
    world.log.on({ at: 'source.listVersions', after: () => change(world) });

    await expect(choose(world, how, 'v3')).rejects.toMatchObject({ code: 'SourceInFlux' });
  });

  it('are without one that HEAD lacks, which is uncompared where it is still listed', async () => {
    const world = lacking(worldWith({}, {}, {}), 'v1');

    expect(await choose(world, how, 'v3')).toMatchObject({ others: [seen('v2')], uncompared: ['v1'] });
  });

  it('are without one that HEAD lacks, which is uncompared where nobody may list again', async () => {
    const world = worldWith({}, {}, {});
    const mayNotList = throws(new RefusedError('access-denied', 'no'));
    world.log.on({ at: 'source.listVersions', nth: 2, before: mayNotList });

    expect(await choose(lacking(world, 'v1'), how, 'v3')).toStrictEqual({
      ...chosen(how, seen('v2')),
      uncompared: ['v1'],
    });
  });

  it('are without one that HEAD lacks, of which nothing is told where its size differs', async () => {
    const world = lacking(worldWith({ bytes: 'shorter' }, {}, {}), 'v1');

    expect(await choose(world, how, 'v3')).toStrictEqual(chosen(how, seen('v2')));
  });

  it('are without one that the copy lacks, which is uncompared where it is still listed', async () => {
    const world = worldWith({ md5: undefined }, {});
    const stays = async () => 'stays' as const;

    expect(await choose(world, how, 'v2', { md5: undefined }, stays)).toMatchObject({
      others: [],
      uncompared: ['v1'],
    });
  });

  it.each([
    ['v1', 'legal-hold'],
    ['v2', 'locked'],
  ] as const)('may not be removed where one of them is locked: %s by %s', async (locked, lock) => {
    const world = worldWith(locked === 'v1' ? { lock } : {}, locked === 'v2' ? { lock } : {}, {});

    expect(await choose(world, how, 'v3')).toMatchObject({ lock, others: [seen('v2'), seen('v1')] });
  });

  it('are asked for again where S3 fails, rather than left', async () => {
    const world = worldWith({}, {});
    world.log.on({ at: 'source.head', before: throws(new RetryableError('SlowDown', 'later')) });

    await expect(choose(world, how, 'v2')).rejects.toMatchObject({ code: 'SlowDown' });
  });
});

describe('an identical version', () => {
  const noChecksum = { checksum: undefined };
  const md5 = { md5: flaggedETag };
  const asMd5 = {
    algorithm: 'MD5',
    value: Buffer.from(flaggedETag, 'hex').toString('base64'),
    type: 'FULL_OBJECT',
  } as const;

  it.each<[string, StoredOverrides, StoredOverrides]>([
    ['by its checksum', {}, {}],
    ['by the MD5s that both ETags are, where checksums cannot be compared', { ...noChecksum, ...md5 }, md5],
    ['by the MD5 that was computed of the flagged one', { ...noChecksum, ...md5 }, { checksum: asMd5 }],
  ])('is known %s', async (_, stored, known) => {
    expect(await choose(worldWith(stored, {}), 'identical', 'v2', known)).toStrictEqual(
      chosen('identical', seen('v1')),
    );
  });

  it.each<[string, StoredOverrides, readonly string[]]>([
    ['differs by checksum, whatever its MD5', { checksum: fakeChecksum('x', 'CRC64NVME'), ...md5 }, []],
    ['differs by MD5', { ...noChecksum, md5: md5Hex('x') }, []],
    ['differs by MD5, though somebody forged its CRC', { md5: md5Hex('x') }, []],
    ['has nothing to be compared by', { ...noChecksum, eTag: `${flaggedETag}-2` }, ['v1']],
  ])('is not one that %s', async (_, stored, uncompared) => {
    expect(await choose(worldWith(stored, {}), 'identical', 'v2', md5)).toStrictEqual({
      ...chosen('identical'),
      uncompared,
    });
  });

  it.each<[string, StoredOverrides, StoredOverrides]>([
    ['a CRC agrees', { md5: undefined }, { md5: undefined }],
    ['the ETag agrees', noChecksum, { ...noChecksum, md5: undefined }],
  ])('gets a copy of its own first where nothing but %s', async (_, stored, known) => {
    const world = worldWith(stored, {});

    expect(await choose(world, 'identical', 'v2', known)).toStrictEqual({
      ...chosen('identical', seen('v1')),
      identical: [],
      mixed: true,
    });
    const key = isolationKey(flaggedObject({ versionId: 'v1' }), 0);
    expect(world.isolation.objects.get(key)?.bytes).toBe(flaggedBytes);
  });

  it('is not looked at where its size differs', async () => {
    const world = worldWith({ bytes: 'shorter' }, {});

    expect(await choose(world, 'identical', 'v2')).toStrictEqual(chosen('identical'));
    expect(world.log.names).toStrictEqual(['source.listVersions']);
  });
});

describe('every other version', () => {
  it('is copied to its own key and verified, before it is chosen', async () => {
    const world = worldWith({ bytes: 'older, other' }, {});

    expect(await choose(world, 'all', 'v2')).toStrictEqual(chosen('all', seen('v1', 'older, other')));
    const key = isolationKey(flaggedObject({ versionId: 'v1' }), 0);
    expect(world.isolation.objects.get(key)?.bytes).toBe('older, other');
    expect(world.keys('objects/')).toStrictEqual([key]);
  });

  it('is named by its ETag where its id is null', async () => {
    const world = createFakeWorld('suspended');
    world.source.upload(object, 'older, other');
    world.source.setVersioning('enabled');
    world.source.upload(object, flaggedBytes);

    await choose(world, 'all', 'v1');

    const eTag = md5Hex('older, other');
    expect(world.keys('objects/')).toStrictEqual([isolationKey(flaggedObject({ eTag }), 0)]);
    expect(world.isolation.lastRequest?.from).toStrictEqual(
      flaggedObject({ eTag, sizeBytes: 'older, other'.length }),
    );
  });

  it.each<[string, (world: FakeWorld) => void]>([
    [
      'may not be read',
      ({ log }) => log.on({ at: 'source.head', before: throws(new RefusedError('sse-c', '')) }),
    ],
    ['is not whole when copied', ({ isolation }) => void (isolation.corruptCopies = 2)],
    [
      'goes during the copy',
      ({ log, source }) =>
        log.on({ at: 'isolation.copy', before: () => void source.deleteVersion(object, 'v1') }),
    ],
  ])('stays where it %s', async (_, arrange) => {
    const world = worldWith({ bytes: 'older, other' }, {});
    arrange(world);

    expect(await choose(world, 'all', 'v2')).toStrictEqual(chosen('all'));
  });

  it('stays unnamed where it was replaced since the listing', async () => {
    const { ports } = worldWith({}, {});
    const { sourceBuckets } = ports;
    const head: typeof sourceBuckets.head = async (about, versionId) => {
      const stored = await sourceBuckets.head(about, versionId);
      return stored && { ...stored, eTag: md5Hex('put since') };
    };

    expect(
      await choose({ ports: { ...ports, sourceBuckets: { ...sourceBuckets, head } } }, 'all', 'v2'),
    ).toStrictEqual(chosen('all'));
  });

  it('stays, and is named once, where a person released it', async () => {
    const world = worldWith({}, {});
    world.isolation.place(releaseKey(object, 'v1'), '{}');

    expect(await choose(world, 'all', 'v2')).toStrictEqual({ ...chosen('all'), uncompared: ['v1'] });
  });

  it('stays unnamed where a person released it and its size differs', async () => {
    const world = worldWith({ bytes: 'older, other' }, {});
    world.isolation.place(releaseKey(object, 'v1'), '{}');

    expect(await choose(world, 'all', 'v2')).toStrictEqual(chosen('all'));
  });

  it('goes where it cannot be copied, but is the flagged bytes once more', async () => {
    const world = worldWith({}, {});
    world.log.on({ at: 'isolation.copy', before: throws(new RefusedError('access-denied', '')) });

    expect(await choose(world, 'all', 'v2')).toStrictEqual({
      ...chosen('all', seen('v1')),
      identical: [seen('v1')],
    });
  });

  it.each<[string, (world: FakeWorld) => void, StoredOverrides]>([
    [
      'may not be looked at',
      ({ log }) => log.on({ at: 'source.head', before: throws(new RefusedError('access-denied', '')) }),
      {},
    ],
    [
      'has nothing to be compared by',
      ({ log }) => log.on({ at: 'isolation.copy', before: throws(new RefusedError('access-denied', '')) }),
      { checksum: undefined },
    ],
  ])(
    'stays, and is named, where it is of the flagged size, cannot be copied and %s',
    async (_, arrange, stored) => {
      const world = worldWith(stored, {});
      arrange(world);

      expect(await choose(world, 'all', 'v2')).toStrictEqual({ ...chosen('all'), uncompared: ['v1'] });
    },
  );
});
