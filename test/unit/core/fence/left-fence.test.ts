import { describe, expect, it } from 'vitest';
import { RefusedError } from '../../../../src/core/errors.ts';
import { findFenceLeft } from '../../../../src/core/fence/left-fence.ts';
import { fenceTag } from '../../../../src/core/fences.ts';
import type { IsolationResult } from '../../../../src/core/isolation.ts';
import type { Outcome } from '../../../../src/core/outcome.ts';
import { everyOutcome } from '../../../support/every-outcome.ts';
import { createFakeWorld } from '../../../support/fake-ports.ts';
import { finding, flaggedBytes, flaggedObject } from '../../../support/findings.ts';
import { fail } from '../../../support/handling.ts';

const object = flaggedObject();
const refused: Outcome = { name: 'refused', reason: 'sse-c' };

/** A versioned bucket whose flagged version an earlier handling fenced. */
function fenced() {
  const world = createFakeWorld('enabled');
  const versionId = world.source.upload(object, flaggedBytes) ?? '';
  const about = finding({ object: { ...object, versionId } });
  world.source.setTags(object, [[fenceTag, about.id]], versionId);
  return { world, versionId, about };
}

describe('a fence that an earlier handling put', () => {
  it.each(everyOutcome.map((outcome) => [outcome.name, outcome] as const))(
    'is looked for only where the object stays: %s',
    async (name, outcome) => {
      const { about, world } = fenced();
      const stays = ['alerted', 'dry_run', 'held', 'ignored', 'refused', 'retained'].includes(name);

      const { fence } = await findFenceLeft({ outcome }, about, world.ports, false);

      expect(fence?.fence).toBe(stays ? 'tagged' : undefined);
    },
  );

  it('is told with what was listed, as one that this handling did not put', async () => {
    const { about, versionId, world } = fenced();

    const { fence, listed } = await findFenceLeft({ outcome: refused }, about, world.ports, false);

    expect(fence).toEqual({
      fence: 'tagged',
      isNew: false,
      at: expect.any(Date) as Date,
      unfencedVersions: [],
    });
    expect(listed?.map((version) => version.versionId)).toEqual([versionId]);
  });

  it('is called fenced only where a canary proved it', async () => {
    const { about, world } = fenced();
    world.provedBuckets.add(object.bucket);

    const { fence } = await findFenceLeft({ outcome: refused }, about, world.ports, false);

    expect(fence?.fence).toBe('fenced');
  });

  it('names no other versions, and nothing listed, where nobody may list', async () => {
    const { about, world } = fenced();
    world.provedBuckets.add(object.bucket);
    world.log.on({
      at: 'source.listVersions',
      before() {
        throw new RefusedError('access-denied', '');
      },
    });

    const left = await findFenceLeft({ outcome: refused }, about, world.ports, false);

    expect(left).toStrictEqual({ fence: expect.objectContaining({ fence: 'tagged', unfencedVersions: [] }) });
  });

  it('is not looked for where this handling tried to fence', async () => {
    const { about, world } = fenced();
    const fence = { fence: 'open', isNew: false, at: world.ports.clock(), unfencedVersions: [] } as const;
    const result: IsolationResult = { outcome: refused, fence };

    expect(await findFenceLeft(result, about, world.ports, false)).toEqual({});
    expect(world.log.names).toEqual([]);
  });

  it('sends the message round again where others took it away', async () => {
    const { about, versionId, world } = fenced();
    world.source.setTags(object, [], versionId);

    await expect(findFenceLeft({ outcome: refused }, about, world.ports, false)).rejects.toMatchObject({
      code: 'SourceInFlux',
    });
  });

  it('is not told, but what was listed is, where others took it away and nobody handles the message again', async () => {
    const { about, versionId, world } = fenced();
    world.source.setTags(object, [], versionId);

    const left = await findFenceLeft({ outcome: refused }, about, world.ports, true);

    expect(left.fence).toBeUndefined();
    expect(left.listed?.map((version) => version.versionId)).toEqual([versionId]);
  });

  it('is open where the look for it fails and nobody handles the message again', async () => {
    const { about, world } = fenced();
    world.log.on({ at: 'tags.read', before: fail('SlowDown') });
    const look = (isLast: boolean) => findFenceLeft({ outcome: refused }, about, world.ports, isLast);

    await expect(look(false)).rejects.toMatchObject({ code: 'SlowDown' });
    expect(await look(true)).toStrictEqual({
      fence: { fence: 'open', isNew: false, at: expect.any(Date) as Date, unfencedVersions: [] },
    });
  });
});
