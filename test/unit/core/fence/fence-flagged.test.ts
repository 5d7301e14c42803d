import { describe, expect, it } from 'vitest';
import { RefusedError } from '../../../../src/core/errors.ts';
import { fenceFlagged, fenceOf } from '../../../../src/core/fence/fence-flagged.ts';
import type { Tag } from '../../../../src/core/properties.ts';
import { createFakeWorld } from '../../../support/fake-ports.ts';
import { finding, flaggedBytes, flaggedObject } from '../../../support/findings.ts';

const object = flaggedObject();
const at = expect.any(Date) as Date;

/** A versioned bucket with a proved fence, whose versions nobody may list. */
function withoutListing() {
  const world = createFakeWorld('enabled');
  const versionId = world.source.upload(object, flaggedBytes) ?? '';
  world.provedBuckets.add(object.bucket);
  world.log.on({
    at: 'source.listVersions',
    before() {
      throw new RefusedError('access-denied', 'no');
    },
  });
  return { world, versionId };
}

describe('a flagged version', () => {
  it('that cannot be fenced is told with the versions that were seen beside it', async () => {
    const world = createFakeWorld('enabled');
    const versionId = world.source.upload(object, flaggedBytes) ?? '';
    const tenTags = Array.from({ length: 10 }, (_, index): Tag => [`t${index}`, 'x']);
    world.source.setTags(object, tenTags, versionId);
    const about = finding({ object: { ...object, versionId } });

    expect(await fenceFlagged(about, world.ports)).toMatchObject({
      fence: { fence: 'no-room' },
      listed: [{ versionId, eTag: object.eTag }],
    });
  });

  it('is not looked for where nobody fences', async () => {
    const world = createFakeWorld();
    const { fencing: _, ...ports } = world.ports;

    expect(await fenceFlagged(finding({ object }), ports)).toStrictEqual({});
    expect(await fenceOf('tagged', finding({ object }), ports)).toBe('tagged');
    expect(world.log.names).toStrictEqual([]);
  });

  it('that nobody can tell from the others stays open, and people are told', async () => {
    const { world } = withoutListing();

    expect(await fenceFlagged(finding({ object }), world.ports)).toStrictEqual({
      fence: { fence: 'open', isNew: false, at, unfencedVersions: [] },
    });
    expect(world.fences).toStrictEqual(['open']);
  });

  it('is not called fenced where other versions, which nobody may list, may hold its bytes', async () => {
    const { versionId, world } = withoutListing();
    const about = finding({ object: { ...object, versionId } });

    expect(await fenceFlagged(about, world.ports)).toStrictEqual({
      version: { versionId, eTag: object.eTag },
      fence: { fence: 'tagged', isNew: true, at, unfencedVersions: [] },
    });
    expect(world.fences).toStrictEqual(['tagged now']);
  });
});
