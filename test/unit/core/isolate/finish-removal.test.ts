import { describe, expect, it } from 'vitest';
import { handleFinding } from '../../../../src/core/handle-finding.ts';
import { createFakeWorld, type FakeWorld, handleSettings } from '../../../support/fake-ports.ts';
import { fakeChecksum, type StoredOverrides } from '../../../support/fake-stored-object.ts';
import { finding, flaggedBytes, flaggedObject, messageAbout } from '../../../support/findings.ts';

const object = flaggedObject();
const checksum = fakeChecksum(flaggedBytes, 'SHA256');
/** The flagged bytes under another ETag, as an upload in parts has it. */
const otherETag: StoredOverrides = { checksum, eTag: `${'a'.repeat(32)}-2` };

async function handle(world: FakeWorld, receiveCount = 1) {
  const about = messageAbout(finding({ object }), { receiveCount });
  const handled = await handleFinding(about, world.ports, handleSettings());
  return { outcome: handled.outcome.name, removal: handled.isolation?.removal };
}

/** The object was isolated while its bucket had no versions, so the copy does not know a version id. */
async function isolatedWithoutVersions(): Promise<FakeWorld> {
  const world = createFakeWorld();
  world.source.upload(object, flaggedBytes, { checksum });
  await handle(world);
  return world;
}

describe('the versions that remain after the flagged bytes are gone', () => {
  it('is nothing in a bucket without versions, whatever its owner put there since', async () => {
    const world = await isolatedWithoutVersions();
    world.source.upload(object, 'other bytes');

    expect(await handle(world, 2)).toStrictEqual({
      outcome: 'already_isolated',
      removal: { kind: 'untouched', removedVersions: [], remainingVersions: [], uncomparedVersions: [] },
    });
  });

  it('is not said to be nothing where the flagged bytes were put again since the look that missed them', async () => {
    const world = await isolatedWithoutVersions();
    world.log.clear();
    // The first listing looks for the ETag, the second one for what remains.
    const before = () => void world.source.upload(object, flaggedBytes, { checksum });
    world.log.on({ at: 'source.listVersions', nth: 2, before });

    await expect(handle(world)).rejects.toMatchObject({ code: 'SourceInFlux' });
    expect((await handle(world)).outcome).toBe('isolated');
    expect(world.source.entries(object)).toStrictEqual([]);
  });

  it('is removed where the bucket has versions by now', async () => {
    const world = await isolatedWithoutVersions();
    world.source.setVersioning('enabled');
    world.source.upload(object, flaggedBytes, otherETag);

    expect(await handle(world, 2)).toMatchObject({
      outcome: 'isolated',
      removal: { removedVersions: ['v1'] },
    });
    expect(world.source.entries(object)).toStrictEqual([]);
  });

  it('is removed beside a `null` version of other bytes', async () => {
    const world = await isolatedWithoutVersions();
    world.source.upload(object, 'other bytes');
    world.source.setVersioning('enabled');
    world.source.upload(object, flaggedBytes, otherETag);

    expect(await handle(world, 2)).toMatchObject({
      outcome: 'isolated',
      removal: { removedVersions: ['v1'], remainingVersions: ['null'] },
    });
  });

  it('is removed where only a `null` version is left, and the copy knows the id of the flagged version', async () => {
    const world = createFakeWorld();
    world.source.upload(object, flaggedBytes, otherETag);
    world.source.setVersioning('enabled');
    const flagged = world.source.upload(object, flaggedBytes, { checksum }) ?? '';
    // The worker dies before its first delete, and the owner removes the flagged version.
    world.log.on({
      at: 'source.deleteVersion',
      nth: 1,
      before() {
        throw new Error('crash');
      },
    });
    await expect(handle(world)).rejects.toThrow('crash');
    world.source.drop(object, flagged);

    expect(await handle(world, 2)).toMatchObject({
      outcome: 'isolated',
      removal: { removedVersions: ['null'] },
    });
    expect(world.source.entries(object)).toStrictEqual([]);
  });
});
