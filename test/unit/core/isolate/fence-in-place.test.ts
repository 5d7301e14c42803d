import { describe, expect, it } from 'vitest';
import { RefusedError } from '../../../../src/core/errors.ts';
import { fenceTag } from '../../../../src/core/fences.ts';
import type { FlaggedObject } from '../../../../src/core/finding.ts';
import { fenceInPlace } from '../../../../src/core/isolate/fence-in-place.ts';
import { createFakeWorld, type FakeWorld } from '../../../support/fake-ports.ts';
import { finding, flaggedBytes, flaggedObject, flaggedVersion, message } from '../../../support/findings.ts';

const object = flaggedObject();
const refuse = () => {
  throw new RefusedError('access-denied', 'no');
};

/** Fences this object in place, and tells how many units it kept. */
async function fence(world: FakeWorld, about: FlaggedObject = object, allowedSourceRegions = ['us-east-1']) {
  let units = 0;
  const budget = {
    async take() {
      units++;
      return { giveBack: () => void units-- };
    },
  };
  const result = await fenceInPlace(
    finding({ object: about }),
    message(),
    { ...world.ports, budget },
    { allowedSourceRegions, limits: [], isRepetition: false },
  );
  return { result, units };
}

function worldWithObject(versioning: 'enabled' | 'never' = 'never'): FakeWorld {
  const world = createFakeWorld(versioning);
  world.source.upload(object, flaggedBytes);
  return world;
}

describe('a fence in place', () => {
  it('names the object that it fenced, and spends a unit', async () => {
    const world = worldWithObject();

    const { result, units } = await fence(world);

    expect(result).toMatchObject({
      outcome: { name: 'alerted' },
      fence: { fence: 'tagged', isNew: true },
      source: { eTag: object.eTag, sizeBytes: flaggedBytes.length },
    });
    expect(world.source.tagsOf(object)).toStrictEqual([[fenceTag, finding().id]]);
    expect(units).toBe(1);
  });

  it('spends nothing for a fence that is there', async () => {
    const world = worldWithObject();
    world.source.setTags(object, [[fenceTag, finding().id]]);

    const { result, units } = await fence(world);

    expect(result.fence).toMatchObject({ fence: 'tagged', isNew: false });
    expect(units).toBe(0);
  });

  it('is held where a limit is reached, but for a fence that an earlier handling of the finding put', async () => {
    const world = worldWithObject();
    world.ports.limits.take = async () => undefined;
    const limits = [{ of: 'rule', name: 'few', perHour: 5 }] as const;
    const fenceAbove = (isRepetition: boolean) =>
      fenceInPlace(finding(), message(), world.ports, {
        allowedSourceRegions: ['us-east-1'],
        limits,
        isRepetition,
      });

    expect(await fenceAbove(true)).toStrictEqual({
      outcome: { name: 'held', reason: 'rule-limit' },
      unseen: true,
    });
    expect(world.source.tagsOf(object)).toStrictEqual([]);

    world.source.setTags(object, [[fenceTag, finding().id]]);
    expect(await fenceAbove(false)).toMatchObject({ outcome: { name: 'held' } });
    expect(await fenceAbove(true)).toMatchObject({
      outcome: { name: 'alerted' },
      fence: { fence: 'tagged' },
    });
  });

  it('asks nothing in a region that is not allowed', async () => {
    const world = worldWithObject();

    const { result, units } = await fence(world, object, ['eu-west-1']);

    expect(result).toStrictEqual({ outcome: { name: 'alerted' }, unseen: true });
    expect(world.log.names).toStrictEqual([]);
    expect(units).toBe(0);
  });

  it('takes a region that the finding does not name for that of the isolation bucket', async () => {
    const { region: _, ...nowhere } = object;

    expect((await fence(worldWithObject(), nowhere)).result.fence).toMatchObject({ fence: 'tagged' });
  });

  it('believes the region that the finding names', async () => {
    const elsewhere = flaggedObject({ region: 'eu-west-1' });

    expect((await fence(worldWithObject(), elsewhere)).result).toStrictEqual({
      outcome: { name: 'alerted' },
      unseen: true,
    });
  });

  it('spends nothing, and names no object, where the flagged bytes are gone', async () => {
    const { result, units } = await fence(createFakeWorld());

    expect(result).toStrictEqual({ outcome: { name: 'alerted' } });
    expect(units).toBe(0);
  });

  it('names no object that holds other bytes by now', async () => {
    const world = createFakeWorld();
    world.source.upload(object, 'other bytes');

    expect((await fence(world)).result).toStrictEqual({ outcome: { name: 'alerted' } });
    expect(world.source.tagsOf(object)).toStrictEqual([]);
  });

  it('names the version of a finding that has no ETag', async () => {
    const { result } = await fence(worldWithObject('enabled'), flaggedVersion('v1'));

    expect(result).toMatchObject({ fence: { fence: 'tagged' }, source: { versionId: 'v1' } });
  });

  it('looks at the version that it fenced, where the finding names an ETag alone and other bytes lie over it', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, flaggedBytes, { replicationStatus: 'COMPLETED' });
    world.source.upload(object, 'other bytes');

    const { result } = await fence(world);

    expect(result).toMatchObject({
      fence: { fence: 'tagged' },
      source: { versionId: 'v1', replicationStatus: 'COMPLETED' },
    });
  });

  it('names no object that may be tagged and not looked at', async () => {
    const world = worldWithObject('enabled');
    world.log.on({ at: 'source.head', before: refuse });

    const { result } = await fence(world, flaggedVersion('v1'));

    expect(result).toMatchObject({ fence: { fence: 'tagged', isNew: true }, unseen: true });
    expect(result).not.toHaveProperty('source');
  });

  it('says that the object stays open where nothing may be asked', async () => {
    const world = worldWithObject();
    world.log.on({ at: 'source.head', before: refuse });
    world.log.on({ at: 'source.listVersions', before: refuse });

    const { result, units } = await fence(world);

    expect(result.fence).toMatchObject({ fence: 'open', isNew: false });
    expect(result).not.toHaveProperty('source');
    expect(units).toBe(0);
  });
});
