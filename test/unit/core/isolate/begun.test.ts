import { describe, expect, it } from 'vitest';
import { isolationKey, isolationKeys, releaseKey } from '../../../../src/core/evidence/keys.ts';
import { metadataWithProvenance, provenanceOf } from '../../../../src/core/evidence/provenance.ts';
import type { HandleSettings } from '../../../../src/core/handle-finding.ts';
import { isolate } from '../../../../src/core/isolate/isolate.ts';
import { createFakeWorld, type FakeWorld, handleSettings } from '../../../support/fake-ports.ts';
import { fakeChecksum, storedObject } from '../../../support/fake-stored-object.ts';
import { finding, flaggedBytes, flaggedETag, flaggedObject } from '../../../support/findings.ts';

const object = flaggedObject();
const limits = [{ of: 'rule', name: 'few', perHour: 5 }] as const;
const [first, second] = isolationKeys(object);

function worldWithObject(): FakeWorld {
  const world = createFakeWorld();
  world.source.upload(object, flaggedBytes);
  // Every limit is spent.
  world.ports.limits.take = async () => undefined;
  return world;
}

/** A verified copy for this finding, which an earlier handling made. */
function placeCopy({ isolation }: FakeWorld, key: string, findingId = finding().id): void {
  const checksum = fakeChecksum(flaggedBytes, 'CRC64NVME');
  const stored = storedObject(flaggedBytes);
  const provenance = provenanceOf(finding({ id: findingId }), stored, checksum, new Date(0), '1.0.0');
  isolation.place(key, flaggedBytes, {
    checksum,
    metadata: metadataWithProvenance(storedObject(''), provenance) ?? {},
  });
}

const run = ({ ports }: FakeWorld, settings: Partial<HandleSettings> & { isRepetition?: boolean } = {}) =>
  isolate(finding(), ports, { ...handleSettings(settings), limits });

const held = { outcome: { name: 'held', reason: 'rule-limit' } };
const isolated = { outcome: { name: 'isolated' } };

describe('an isolation above a limit', () => {
  it('is finished where an earlier handling of this finding made the copy', async () => {
    const world = worldWithObject();
    placeCopy(world, first);

    expect(await run(world, { isRepetition: true })).toMatchObject(isolated);
  });

  it('is finished where the copy is at the second key, since what is at the first does not verify', async () => {
    const world = worldWithObject();
    world.isolation.place(first, 'something else');
    placeCopy(world, second);

    expect(await run(world, { isRepetition: true })).toMatchObject(isolated);
  });

  it('is held where the copy was made for another finding', async () => {
    const world = worldWithObject();
    placeCopy(world, first, 'f'.repeat(32));

    expect(await run(world, { isRepetition: true })).toMatchObject(held);
  });

  it('is held where nothing verifies at either key', async () => {
    const world = worldWithObject();
    world.isolation.place(first, 'something else');
    world.isolation.place(second, 'something else');

    expect(await run(world, { isRepetition: true })).toMatchObject(held);
  });

  it('is held where nothing is at either key', async () => {
    const world = worldWithObject();

    expect(await run(world, { isRepetition: true })).toMatchObject(held);
  });

  it('is finished where the copy is at the second key, since other properties were kept for the first', async () => {
    const world = worldWithObject();
    placeCopy(world, second);

    expect(await run(world, { isRepetition: true })).toMatchObject(isolated);
  });

  it('is held at a first delivery, which has begun nothing', async () => {
    const world = worldWithObject();
    placeCopy(world, first);

    expect(await run(world)).toMatchObject(held);
  });
});

describe('an isolation', () => {
  it('asks no limit where none applies', async () => {
    const world = worldWithObject();

    expect(await isolate(finding(), world.ports, handleSettings())).toMatchObject(isolated);
  });

  it.each([
    ['at a first delivery, where nothing fences', false, 'off', undefined],
    ['at a repetition, since the setting may have changed', true, 'off', true],
    ['where the setting fences', false, 'kept', true],
  ] as const)('expects a fence on the source only where there may be one: %s', async (...row) => {
    const [, isRepetition, fence, mayBeFenced] = row;
    const world = createFakeWorld();
    world.source.upload(object, flaggedBytes);

    await isolate(finding(), world.ports, { ...handleSettings({ fence }), isRepetition });

    expect(world.isolation.lastRequest?.mayBeFenced).toBe(mayBeFenced);
  });

  it.each([[[['case', '4711'] as const]], [undefined]])(
    'adds the tags of its rule to the copy: %j',
    async (addTags) => {
      const world = createFakeWorld();
      world.source.upload(object, flaggedBytes);

      await isolate(finding(), world.ports, { ...handleSettings(), addTags });

      expect(world.isolation.lastRequest?.addTags).toStrictEqual(addTags);
    },
  );

  it('leaves released bytes whose copy had to be made at another key, since the first does not verify', async () => {
    const world = createFakeWorld();
    world.source.upload(object, flaggedBytes);
    world.isolation.place(isolationKey(object, 0), 'something else');
    world.isolation.place(releaseKey(object, flaggedETag), '{}');

    expect(await isolate(finding(), world.ports, handleSettings())).toMatchObject({
      outcome: { name: 'released' },
      copy: { key: isolationKey(object, 1), madeNow: true },
    });
    expect(world.source.read(object)?.bytes).toBe(flaggedBytes);
  });

  it('notes no place of the `null` version that holds the bytes of a named version, which its ETag names', async () => {
    const world = createFakeWorld('suspended');
    world.source.upload(object, flaggedBytes);
    const about = finding({ object: flaggedObject({ versionId: 'v1' }) });

    expect(await isolate(about, world.ports, handleSettings())).toMatchObject(isolated);
    expect(world.log.names).not.toContain('isolation.put');
  });

  it('with SOURCE_VERSIONS=flagged removes bytes that were put again while it looked for them', async () => {
    const world = createFakeWorld('enabled');
    placeCopy(world, first, 'f'.repeat(32));
    const again = () => world.source.upload(object, flaggedBytes);
    world.log.on({ at: 'source.listVersions', nth: 1, after: again });

    expect(
      await isolate(finding(), world.ports, handleSettings({ sourceVersions: 'flagged' })),
    ).toMatchObject({ outcome: { name: 'isolated' }, removal: { removedVersions: ['v1'] } });
    expect(world.source.entries(object)).toStrictEqual([]);
  });
});

describe('bytes that a person released', () => {
  const releasedWorld = () => {
    const world = createFakeWorld();
    world.source.upload(object, flaggedBytes);
    world.isolation.place(releaseKey(object, flaggedETag), '{}');
    return world;
  };

  it('are left where only the tags that the fence reads show it, and nothing is copied: FENCE=first', async () => {
    const world = releasedWorld();
    const mark = () => world.source.setTags(object, [['isolator-released', 'x']]);
    world.log.on({ at: 'source.head', nth: 1, after: mark });

    const done = await isolate(finding(), world.ports, handleSettings({ fence: 'first' }));

    expect(done).toMatchObject({ outcome: { name: 'released' }, source: { eTag: flaggedETag } });
    expect(world.keys('objects/')).toStrictEqual([]);
    expect(world.source.tagsOf(object)).toStrictEqual([['isolator-released', 'x']]);
    expect(world.steps).toContain('fence');
  });

  it('are left also by a worker that can take no fence away', async () => {
    const world = releasedWorld();
    const { fencing: _, ...ports } = world.ports;
    const about = finding({ object: flaggedObject({ releaseMark: true }) });

    expect(await isolate(about, ports, handleSettings({ fence: 'kept' }))).toMatchObject({
      outcome: { name: 'released' },
    });
  });
});
