import { describe, expect, it } from 'vitest';
import { releaseKey } from '../../../src/core/evidence/keys.ts';
import { releaseMark } from '../../../src/core/evidence/release-records.ts';
import { releaseInPlace } from '../../../src/core/operate/release/release-in-place.ts';
import type { Tag } from '../../../src/core/properties.ts';
import { createFakeWorld } from '../../support/fake-ports.ts';
import { finding, flaggedBytes, flaggedETag, flaggedObject } from '../../support/findings.ts';
import { body, handle, refuse } from '../../support/handling.ts';

const because = { who: 'ann', why: 'no person is in it' };

/** An object that could not be copied, and that a person released where it lies. */
async function releasedInPlace(versioning: 'enabled' | 'never', tags: readonly Tag[]) {
  const world = createFakeWorld(versioning);
  const versionId = world.source.upload(flaggedObject(), flaggedBytes);
  world.source.setTags(flaggedObject(), [...tags], versionId);
  const named = tags.map(([key, value]) => ({ key, value }));
  const about = body({}, { versionId: versionId ?? '', tags: named });
  world.log.on({ at: 'isolation.copy', before: refuse('source-key-unusable') });
  expect((await handle(world, about, { fence: 'kept' })).outcome.name).toBe('refused');
  world.log.clear();
  const object = flaggedObject(versionId === undefined ? {} : { versionId });
  const ports = { ...world.ports, tags: world.source.sourceTags };
  expect(await releaseInPlace(object, finding().id, because, ports)).toBe('released');
  return { world, about: { ...about, id: 'sent-again', origin: 'replay' } };
}

describe('what a person released where it lies', () => {
  const ten = Array.from({ length: 10 }, (_, index): Tag => [`tag-${index}`, 'x']);

  it.each<['enabled' | 'never', string, readonly Tag[]]>([
    ['never', 'without tags', []],
    ['enabled', 'without tags', []],
    ['never', 'with a tag of its own', [['team', 'payroll']]],
    ['enabled', 'with a tag of its own', [['team', 'payroll']]],
    ['never', 'without room for the mark', ten],
    ['enabled', 'without room for the mark', ten],
  ])('stays when the same finding is sent again (versioning %s, %s)', async (versioning, _, tags) => {
    const { about, world } = await releasedInPlace(versioning, tags);

    expect((await handle(world, about, { fence: 'kept' })).outcome).toEqual({ name: 'released' });

    expect(world.source.read(flaggedObject())?.bytes).toBe(flaggedBytes);
    expect(world.keys('objects/')).toEqual([]);
  });

  it.each(['enabled', 'never'] as const)(
    'is expected to stay by a dry run (versioning %s)',
    async (versioning) => {
      const { about, world } = await releasedInPlace(versioning, []);

      await handle(world, about, { mode: 'dry-run' });

      expect(world.records()['dry_run']).toMatchObject({ expected_outcome: 'released' });
    },
  );

  it('is expected to stay by a dry run although it cannot be read at once', async () => {
    const { about, world } = await releasedInPlace('never', []);
    const { stored } = world.source.read(flaggedObject()) ?? {};
    world.source.upload(flaggedObject(), flaggedBytes, { ...stored, storageClass: 'GLACIER' });

    await handle(world, about, { mode: 'dry-run' });
    const { outcome } = await handle(world, about);

    expect(world.records()['dry_run']).toMatchObject({ expected_outcome: 'released' });
    expect(outcome).toEqual({ name: 'released' });
  });
});

describe('a version that a person put back', () => {
  it.each<[string, unknown]>([
    ['null', null],
    ['absent', undefined],
    ['those of the scan before', []],
  ])('stays where the tags of the finding are %s', async (_, tags) => {
    const world = createFakeWorld('enabled');
    const versionId = world.source.upload(flaggedObject(), flaggedBytes) ?? '';
    world.source.setTags(flaggedObject(), [[releaseMark, 'true']], versionId);
    for (const id of [flaggedETag, versionId]) world.isolation.place(releaseKey(flaggedObject(), id), '{}');

    const { outcome } = await handle(world, body({}, { versionId, tags }));

    expect(outcome).toEqual({ name: 'released' });
  });
});

it('an object without tags costs no look for a release', async () => {
  const world = createFakeWorld('enabled');
  const versionId = world.source.upload(flaggedObject(), flaggedBytes) ?? '';

  expect((await handle(world, body({}, { versionId }))).outcome.name).toBe('isolated');

  expect(world.log.names.filter((name) => name === 'isolation.head')).toEqual([]);
});
