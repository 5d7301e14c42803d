import { describe, expect, it } from 'vitest';
import { FenceInDoubtError, RefusedError, RetryableError } from '../../../../src/core/errors.ts';
import { releaseKey } from '../../../../src/core/evidence/keys.ts';
import { fenceFlagged } from '../../../../src/core/fence/fence-flagged.ts';
import { fenceTag } from '../../../../src/core/fences.ts';
import type { Tag } from '../../../../src/core/properties.ts';
import { createFakeWorld } from '../../../support/fake-ports.ts';
import { finding, flaggedBytes, flaggedETag, flaggedObject, md5Hex } from '../../../support/findings.ts';

const object = flaggedObject();
const about = finding({ object });
const fence: Tag = [fenceTag, about.id];
const owners: Tag = ['team', 'payroll'];
const tenTags = Array.from({ length: 10 }, (_, index): Tag => [`t${index}`, 'x']);

const fenced: (...of: Parameters<typeof fenceFlagged>) => Promise<unknown> = async (...of) =>
  (await fenceFlagged(...of)).fence;

/** A versioned bucket with the flagged version and a newer one with other bytes. */
function versioned() {
  const world = createFakeWorld('enabled');
  const versionId = world.source.upload(object, flaggedBytes) ?? '';
  world.source.upload(object, 'clean, and longer than the flagged bytes are');
  return { world, versionId, about: finding({ object: { ...object, versionId } }) };
}

function unversioned() {
  const world = createFakeWorld('never');
  world.source.upload(object, flaggedBytes);
  return world;
}

describe('the fence of a flagged version', () => {
  it('is put on exactly the flagged version, and keeps the tags that are there', async () => {
    const { about: named, versionId, world } = versioned();
    world.source.setTags(object, [owners], versionId);

    expect(await fenced(named, world.ports)).toMatchObject({ fence: 'tagged', isNew: true });
    expect(world.source.tagsOf(object, versionId)).toEqual([owners, fence]);
    expect(world.source.tagsOf(object)).toEqual([]);
  });

  it('is found by the ETag among the versions if the finding names no version', async () => {
    const { versionId, world } = versioned();

    await fenced(about, world.ports);

    expect(world.source.tagsOf(object, versionId)).toEqual([fence]);
    expect(world.source.tagsOf(object)).toEqual([]);
  });

  it('tells what was listed after the tag was put: a marker of another worker may be there by then', async () => {
    const world = createFakeWorld('suspended');
    world.source.upload(object, flaggedBytes);
    world.log.on({
      at: 'tags.replace',
      after() {
        world.source.setVersioning('enabled');
        world.source.erase(object);
      },
    });

    const { fence: put, listed } = await fenceFlagged(about, world.ports);
    expect(put).toMatchObject({ fence: 'tagged', isNew: true });
    expect(listed?.map(({ isMarker }) => isMarker)).toEqual([true, false]);
  });

  it('is called fenced only where a canary proved it', async () => {
    const { about: named, world } = versioned();
    world.provedBuckets.add(object.bucket);

    expect(await fenced(named, world.ports)).toMatchObject({ fence: 'fenced', unfencedVersions: [] });
  });

  it('names the other versions that may hold the same bytes', async () => {
    const { about: named, world } = versioned();
    const again = world.source.upload(object, flaggedBytes);

    expect(await fenced(named, world.ports)).toMatchObject({ unfencedVersions: [again] });
    expect(world.source.tagsOf(object, again)).toEqual([]);
  });

  it('can be put again: nothing is written, and the tag names the first finding', async () => {
    const { about: named, versionId, world } = versioned();
    await fenced(named, world.ports);
    world.log.clear();

    expect(await fenced({ ...named, id: 'another' }, world.ports)).toMatchObject({
      fence: 'tagged',
      isNew: false,
    });
    expect(world.source.tagsOf(object, versionId)).toEqual([fence]);
    expect(world.log.names).not.toContain('tags.replace');
  });

  it('has no room beside ten tags, none of which is touched', async () => {
    const { about: named, versionId, world } = versioned();
    world.source.setTags(object, tenTags, versionId);

    expect(await fenced(named, world.ports)).toMatchObject({ fence: 'no-room', isNew: false });
    expect(world.source.tagsOf(object, versionId)).toEqual(tenTags);
  });

  it.each(['hidesTags', 'refusesTags'] as const)(
    'is open if S3 refuses (%s), and never assumed',
    async (how) => {
      const { about: named, versionId, world } = versioned();
      world.provedBuckets.add(object.bucket);
      world.source[how] = true;

      expect(await fenced(named, world.ports)).toMatchObject({ fence: 'open', isNew: false });
      expect(world.source.tagsOf(object, versionId)).toEqual([]);
      expect(world.fences).toEqual(['open']);
    },
  );

  it('is not put around other bytes', async () => {
    const world = createFakeWorld('never');
    world.source.upload(object, 'other bytes');

    expect(await fenced(about, world.ports)).toBeUndefined();
    expect(world.source.tagsOf(object)).toEqual([]);
  });

  it.each(['ETag', 'version'])(
    'is not put around what a person released by its %s, and is taken away',
    async (by) => {
      const { about: named, versionId, world } = versioned();
      world.source.setTags(object, [owners, fence], versionId);
      world.isolation.place(releaseKey(object, by === 'ETag' ? flaggedETag : versionId), '{}');

      expect(await fenced(named, world.ports)).toBeUndefined();
      expect(world.source.tagsOf(object, versionId)).toEqual([owners]);
    },
  );
});

describe('the fence of an object without versions', () => {
  it('is put, and the object is looked at again', async () => {
    const world = unversioned();

    expect(await fenced(about, world.ports)).toMatchObject({ fence: 'tagged', isNew: true });
    expect(world.source.tagsOf(object)).toEqual([fence]);
    expect(world.log.names.slice(-3)).toEqual(['tags.replace', 'source.listVersions', 'tags.read']);
  });

  it.each([
    ['never', undefined],
    ['suspended', 'null'],
  ] as const)(
    'is taken from bytes that were put at that moment (versioning: %s), and told',
    async (state, id) => {
      const world = createFakeWorld(state);
      world.source.upload(object, flaggedBytes);
      world.source.setTags(object, [owners]);
      world.log.on({ at: 'tags.replace', nth: 1, before: () => void world.source.upload(object, 'newer') });

      expect(await fenced(about, world.ports)).toBeUndefined();
      expect(world.source.read(object, id)?.stored.eTag).toBe(md5Hex('newer'));
      // S3 replaces all tags, so those of the newer bytes are not known.
      expect(world.source.tagsOf(object)).toEqual([owners]);
      expect(world.fences).toEqual(['hit null']);
    },
  );

  it('is put again if the flagged bytes were put again, without the tag, before the last look', async () => {
    const world = unversioned();
    world.log.on({ at: 'tags.replace', nth: 1, after: () => void world.source.upload(object, flaggedBytes) });

    await expect(fenced(about, world.ports)).rejects.toMatchObject({ code: 'SourceInFlux' });
    expect(await fenced(about, world.ports)).toMatchObject({ fence: 'tagged', isNew: true });
    expect(world.source.tagsOf(object)).toEqual([fence]);
  });

  it('is believed by the listing if nobody may read its tags any more', async () => {
    const world = unversioned();
    world.log.on({ at: 'tags.replace', nth: 1, after: () => void (world.source.hidesTags = true) });

    expect(await fenced(about, world.ports)).toMatchObject({ fence: 'tagged', isNew: true });
    expect(world.fences).toEqual(['tagged now']);
  });

  it('is gone if the object is removed before the last look', async () => {
    const world = unversioned();
    world.log.on({ at: 'tags.read', nth: 2, before: () => world.source.erase(object) });

    expect(await fenced(about, world.ports)).toBeUndefined();
  });

  it('is named if S3 refuses to take it from other bytes', async () => {
    const world = unversioned();
    world.log.on({
      at: 'tags.replace',
      nth: 1,
      before: () => void world.source.upload(object, 'newer'),
      after: () => void (world.source.refusesTags = true),
    });

    expect(await fenced(about, world.ports)).toMatchObject({ fence: 'open' });
    expect(world.fences).toEqual(['may be left', 'open']);
  });

  it('is taken from a version that was put since versioning was switched on', async () => {
    const world = unversioned();
    world.log.on({
      at: 'tags.replace',
      nth: 1,
      before() {
        world.source.setVersioning('enabled');
        world.source.upload(object, 'newer');
      },
    });

    expect(await fenced(about, world.ports)).toBeUndefined();
    expect(world.source.tagsOf(object)).toEqual([]);
    expect(world.fences).toEqual(['hit v1']);
  });

  it('is not taken from bytes that were put after the tag', async () => {
    const world = unversioned();
    world.log.on({ at: 'tags.replace', after: () => void world.source.upload(object, 'newer') });

    expect(await fenced(about, world.ports)).toBeUndefined();
    expect(world.fences).toEqual([]);
  });

  it.each([
    [
      'taken away, and is open, if nobody may look',
      ['source.listVersions', 'source.head'],
      { fence: 'open' },
      [],
    ],
    ['believed if HEAD shows the flagged bytes', ['source.listVersions'], { fence: 'tagged' }, [fence]],
  ])('is %s after the tag was put', async (_, refused, seen, tags) => {
    const world = unversioned();
    const refuse = () => {
      throw new RefusedError('access-denied', 'no');
    };
    const deny = () => {
      for (const at of refused) world.log.on({ at, before: refuse });
    };
    world.log.on({ at: 'tags.replace', nth: 1, after: deny });

    expect(await fenced(about, world.ports)).toMatchObject(seen);
    expect(world.source.tagsOf(object)).toEqual(tags);
  });

  it('throws what may pass, so that it is tried again', async () => {
    const world = unversioned();
    world.log.on({
      at: 'tags.replace',
      before() {
        throw new RetryableError('SlowDown', 'later');
      },
    });

    await expect(fenced(about, world.ports)).rejects.toThrow(FenceInDoubtError);
  });
});
