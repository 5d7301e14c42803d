import { describe, expect, it } from 'vitest';
import { RefusedError } from '../../../../src/core/errors.ts';
import { takeFenceFrom, takeFenceFromOthers } from '../../../../src/core/fence/take-fence.ts';
import { fenceTag } from '../../../../src/core/fences.ts';
import type { Tag } from '../../../../src/core/properties.ts';
import { createFakeWorld } from '../../../support/fake-ports.ts';
import { finding, flaggedBytes, flaggedObject } from '../../../support/findings.ts';

const object = flaggedObject();
const about = finding({ object });
const team: Tag = ['team', 'a'];
const fence: Tag = [fenceTag, about.id];
const yes = async () => true;

describe('the fence of one version', () => {
  function worldWith(tags: readonly Tag[]) {
    const world = createFakeWorld('enabled');
    const versionId = world.source.upload(object, flaggedBytes) ?? '';
    world.source.setTags(object, tags, versionId);
    return {
      world,
      take: (findingId?: string) => takeFenceFrom(object, versionId, findingId, world.source.sourceTags),
      tags: () => world.source.tagsOf(object, versionId),
    };
  }

  it('is taken away, and the other tags stay', async () => {
    const { take, tags } = worldWith([team, fence]);

    expect(await take()).toBe(true);
    expect(tags()).toStrictEqual([team]);
  });

  it('of another finding stays if only that of this one is meant', async () => {
    const { take, tags, world } = worldWith([team, [fenceTag, 'another']]);

    expect(await take(about.id)).toBe(false);
    expect(tags()).toHaveLength(2);
    expect(world.log.names).not.toContain('tags.replace');
    expect(await take('another')).toBe(true);
    expect(tags()).toStrictEqual([team]);
  });

  it('is not written about where there is none', async () => {
    const { take, world } = worldWith([team]);

    expect(await take()).toBe(false);
    expect(world.log.names).toStrictEqual(['tags.read']);
  });

  it('is gone with its version', async () => {
    const { take, world } = worldWith([fence]);
    world.log.on({ at: 'tags.replace', before: () => world.source.drop(object, 'v1') });

    expect(await take()).toBe(false);
    expect(await take()).toBe(false);
  });

  it('stays, and that is thrown, if S3 refuses', async () => {
    const { take, world } = worldWith([fence]);
    world.source.refusesTags = true;

    await expect(take()).rejects.toBeInstanceOf(RefusedError);
  });
});

describe('the tag of a finding on other bytes than the flagged ones', () => {
  /** Two versions: the older is the flagged one, unless the bytes say otherwise. Each has the tag. */
  function twoVersions(older = flaggedBytes, newer = 'newer') {
    const world = createFakeWorld('enabled');
    const ids = [older, newer].map((bytes) => world.source.upload(object, bytes) ?? '');
    for (const id of ids) world.source.setTags(object, [fence], id);
    return { world, tagged: () => ids.map((id) => world.source.tagsOf(object, id).length) };
  }

  it('is taken from the current version, and stays on the flagged one', async () => {
    const { tagged, world } = twoVersions();

    await takeFenceFromOthers(about, world.ports, yes);

    expect(tagged()).toStrictEqual([1, 0]);
    expect(world.fences).toStrictEqual(['hit v2']);
  });

  it('is not looked for on an older version with an id, which it cannot have hit', async () => {
    const { tagged, world } = twoVersions('older', flaggedBytes);

    await takeFenceFromOthers(about, world.ports, yes);

    expect(tagged()).toStrictEqual([1, 1]);
    expect(world.log.names).toStrictEqual(['source.listVersions']);
  });

  it('stays on the version that the finding names, if it names no ETag', async () => {
    const { tagged, world } = twoVersions();
    const { eTag: _, ...unnamed } = object;

    await takeFenceFromOthers(finding({ object: { ...unnamed, versionId: 'v2' } }), world.ports, yes);
    expect(tagged()).toStrictEqual([1, 1]);

    await takeFenceFromOthers(finding({ object: { ...unnamed, versionId: 'v1' } }), world.ports, yes);
    expect(tagged()).toStrictEqual([1, 0]);
  });

  it('is taken from the `null` version beneath another one, by its id', async () => {
    const world = createFakeWorld('suspended');
    world.source.upload(object, 'newer');
    world.source.setVersioning('enabled');
    world.source.upload(object, 'newest');
    world.source.setTags(object, [fence], 'null');

    await takeFenceFromOthers(about, world.ports, yes);

    expect(world.source.tagsOf(object, 'null')).toStrictEqual([]);
    expect(world.fences).toStrictEqual(['hit null']);
  });

  it('is of this finding alone: that of another one stays, and nobody is asked about it', async () => {
    const world = createFakeWorld('never');
    world.source.upload(object, 'newer');
    world.source.setTags(object, [
      ['team', about.id],
      [fenceTag, 'another'],
    ]);
    const mayTake = () => Promise.reject(new Error('asked'));

    await takeFenceFromOthers(about, world.ports, mayTake);

    expect(world.source.tagsOf(object)).toHaveLength(2);
    expect(world.fences).toStrictEqual([]);
  });

  it('stays where it may not be taken, and each one is named', async () => {
    const { tagged, world } = twoVersions('older', 'newer');
    world.source.setVersioning('suspended');
    world.source.upload(object, 'newest');
    world.source.setTags(object, [fence]);

    await takeFenceFromOthers(about, world.ports, async () => false);

    expect(tagged()).toStrictEqual([1, 1]);
    expect(world.fences).toStrictEqual(['may be left']);
  });

  it('is not told as taken if it went by itself', async () => {
    const { world } = twoVersions();
    world.log.on({ at: 'tags.read', nth: 2, before: () => world.source.drop(object, 'v2') });

    await takeFenceFromOthers(about, world.ports, yes);

    expect(world.fences).toStrictEqual([]);
  });

  it('is not looked at where tags may not be read, or the bucket holds only a marker', async () => {
    const { world } = twoVersions();
    world.source.hidesTags = true;
    const erased = createFakeWorld('enabled');
    erased.source.erase(object);

    await takeFenceFromOthers(about, world.ports, yes);
    await takeFenceFromOthers(about, erased.ports, yes);

    expect([...world.fences, ...erased.fences]).toStrictEqual([]);
    expect(erased.log.names).toStrictEqual(['source.listVersions']);
  });

  it('is not looked for where no fences are used', async () => {
    const { world } = twoVersions();
    const { fencing: _, ...without } = world.ports;

    await takeFenceFromOthers(about, without, yes);

    expect(world.log.names).toStrictEqual([]);
  });

  it.each([
    ['enabled', 'v1'],
    ['never', 'null'],
  ] as const)('is looked for by HEAD where nobody may list (versioning: %s)', async (versioning, id) => {
    const world = createFakeWorld(versioning);
    world.source.upload(object, 'newer');
    world.source.setTags(object, [team, fence]);
    world.log.on({
      at: 'source.listVersions',
      before() {
        throw new RefusedError('access-denied', 'no');
      },
    });

    await takeFenceFromOthers(about, world.ports, yes);

    expect(world.source.tagsOf(object)).toStrictEqual([team]);
    expect(world.fences).toStrictEqual([`hit ${id}`]);
  });
});
