import { describe, expect, it } from 'vitest';
import { FenceInDoubtError, RefusedError, RetryableError } from '../../../../src/core/errors.ts';
import { releaseKey } from '../../../../src/core/evidence/keys.ts';
import { fenceBeforeCopy } from '../../../../src/core/fence/fence-before-copy.ts';
import { fenceTag } from '../../../../src/core/fences.ts';
import type { Tag } from '../../../../src/core/properties.ts';
import type { StoredObject } from '../../../../src/core/source-buckets.ts';
import { createFakeWorld } from '../../../support/fake-ports.ts';
import { finding, flaggedBytes, flaggedETag, flaggedObject } from '../../../support/findings.ts';

const object = flaggedObject();
const about = finding({ object });
const team: Tag = ['team', 'a'];
const fence: Tag = [fenceTag, about.id];
const mark: Tag = ['isolator-released', 'x'];

function worldWith(tags: readonly Tag[], versioning: 'enabled' | 'never' = 'never') {
  const world = createFakeWorld(versioning);
  world.source.upload(object, flaggedBytes);
  world.source.setTags(object, tags);
  const stored = world.source.read(object)?.stored as StoredObject;
  const put = (isLast = false) => fenceBeforeCopy(about, stored, world.ports, isLast);
  return { world, stored, put, tags: () => world.source.tagsOf(object) };
}

describe('a fence before the copy', () => {
  it.each(['enabled', 'never'] as const)(
    'is put, and the copy is told the tags of the object alone (versioning: %s)',
    async (versioning) => {
      const { put, stored, tags, world } = worldWith([team], versioning);
      world.provedBuckets.add(object.bucket);

      expect(await put()).toStrictEqual({ stored: { ...stored, ownTags: [team] }, isNew: true });
      expect(tags()).toStrictEqual([team, fence]);
      expect(world.fences).toStrictEqual(['fenced now']);
    },
  );

  it('that an earlier handling put is not new', async () => {
    const { put, stored, world } = worldWith([team, fence]);

    expect(await put()).toStrictEqual({ stored: { ...stored, ownTags: [team] }, isNew: false });
    expect(world.fences).toStrictEqual(['tagged']);
  });

  it('has no room beside ten tags, which the copy is told', async () => {
    const ten = Array.from({ length: 10 }, (_, index): Tag => [`t${index}`, 'x']);
    const { put, stored, world } = worldWith(ten);

    expect(await put()).toStrictEqual({ stored: { ...stored, ownTags: ten }, isNew: false });
    expect(world.fences).toStrictEqual(['no-room']);
  });

  it('that is refused leaves the tags to the copy to read', async () => {
    const { put, stored, world } = worldWith([team]);
    world.source.refusesTags = true;

    expect(await put()).toStrictEqual({ stored, isNew: false });
    expect(world.fences).toStrictEqual(['open']);
  });

  it('is not put where the object is gone, and nothing is said of it', async () => {
    const { put, stored, world } = worldWith([team]);
    world.source.erase(object);

    expect(await put()).toStrictEqual({ stored, isNew: false });
    expect(world.fences).toStrictEqual([]);
  });

  it('is not put where no fences are used', async () => {
    const { stored, world } = worldWith([team]);
    const { fencing: _, ...without } = world.ports;

    expect(await fenceBeforeCopy(about, stored, without, false)).toStrictEqual({ stored, isNew: false });
    expect(world.log.names).toStrictEqual([]);
  });

  it('is taken away from what a person released', async () => {
    const { put, tags, world } = worldWith([mark, fence]);
    world.isolation.place(releaseKey(object, flaggedETag), '{}');

    expect(await put()).toBe('released');
    expect(tags()).toStrictEqual([mark]);
    expect(world.fences).toStrictEqual([]);
  });

  it('is put around what only looks released', async () => {
    const { put, tags } = worldWith([mark]);

    expect(await put()).toMatchObject({ isNew: true });
    expect(tags()).toStrictEqual([mark, fence]);
  });

  it('looks for a release only where the mark of one is', async () => {
    const { put, world } = worldWith([team]);
    world.isolation.place(releaseKey(object, flaggedETag), '{}');

    expect(await put()).toMatchObject({ isNew: true });
    expect(world.log.names.filter((name) => name.startsWith('isolation.'))).toStrictEqual([]);
  });

  it.each([new RetryableError('SlowDown', 'later'), new TypeError('a fault')])(
    'that fails with %o does not delay the isolation',
    async (fault) => {
      const { put, stored, world } = worldWith([team]);
      world.log.on({
        at: 'tags.read',
        before() {
          throw fault;
        },
      });

      expect(await put()).toStrictEqual({ stored, isNew: false });
      expect(world.fences).toStrictEqual([]);
    },
  );

  it('that may be left on other bytes brings the message again, and is named at the last receive', async () => {
    const doubtful = () => {
      const made = worldWith([team]);
      made.world.log.on({
        at: 'tags.replace',
        before() {
          throw new RetryableError('SlowDown', 'later');
        },
      });
      return made;
    };

    await expect(doubtful().put()).rejects.toBeInstanceOf(FenceInDoubtError);
    const { put, stored, world } = doubtful();
    expect(await put(true)).toStrictEqual({ stored, isNew: false });
    expect(world.fences).toStrictEqual(['may be left']);
  });

  it('whose hit nobody may look at, nor take away, is named at once', async () => {
    const { put, world } = worldWith([team]);
    const refuse = () => {
      throw new RefusedError('access-denied', 'no');
    };
    world.log.on({
      at: 'tags.replace',
      nth: 1,
      after() {
        for (const at of ['source.listVersions', 'source.head', 'tags.read']) {
          world.log.on({ at, before: refuse });
        }
      },
    });

    expect(await put()).toMatchObject({ isNew: false });
    expect(world.fences).toStrictEqual(['may be left', 'open']);
  });
});
