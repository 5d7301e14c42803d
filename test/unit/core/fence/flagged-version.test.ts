import { describe, expect, it } from 'vitest';
import { RefusedError, RetryableError } from '../../../../src/core/errors.ts';
import { findFenceOf } from '../../../../src/core/fence/find-fence.ts';
import { lookForFlagged } from '../../../../src/core/fence/flagged-version.ts';
import { fenceTag } from '../../../../src/core/fences.ts';
import { createFakeWorld, type FakeWorld } from '../../../support/fake-ports.ts';
import {
  finding,
  flaggedBytes,
  flaggedETag,
  flaggedObject,
  flaggedVersion,
} from '../../../support/findings.ts';

const object = flaggedObject();
const others = 'other bytes, and another number of them';
/** As many bytes as the flagged object has. */
const sameSize = 'x'.repeat(flaggedBytes.length);

const refuse = (world: FakeWorld, reason: 'access-denied' | 'no-such-bucket' | 'wrong-owner') =>
  world.log.on({
    at: 'source.listVersions',
    before() {
      throw new RefusedError(reason, 'no');
    },
  });

describe('the flagged version', () => {
  it('is what the finding names, whatever else has its ETag', async () => {
    const { source } = createFakeWorld('enabled');
    const versionId = source.upload(object, flaggedBytes) ?? '';
    const again = source.upload(object, flaggedBytes);

    const { found } = await lookForFlagged({ ...object, versionId }, source);

    expect(found).toStrictEqual({ version: { eTag: flaggedETag, versionId }, mayBeSame: [again] });
  });

  it('is another one with its ETag if the named one is gone or has other bytes', async () => {
    const { source } = createFakeWorld('enabled');
    const other = source.upload(object, others) ?? '';
    const versionId = source.upload(object, flaggedBytes);

    for (const named of ['gone-by-now', other]) {
      expect((await lookForFlagged({ ...object, versionId: named }, source)).found).toStrictEqual({
        version: { eTag: flaggedETag, versionId },
        mayBeSame: [],
      });
    }
  });

  it('is not there if the finding names no ETag and its version is gone', async () => {
    const { source } = createFakeWorld('enabled');
    source.upload(object, flaggedBytes);

    const { found, listed } = await lookForFlagged(flaggedVersion('gone-by-now'), source);

    expect(found).toBeUndefined();
    expect(listed).toHaveLength(1);
  });

  it('is never a delete marker', async () => {
    const { source } = createFakeWorld('enabled');
    source.upload(object, flaggedBytes);
    source.erase(object);
    const [marker] = source.entries(object);

    expect((await lookForFlagged(flaggedVersion(marker?.versionId ?? ''), source)).found).toBeUndefined();
  });

  it('may be the same as each version of its size, since encryption changes ETags, and as no marker', async () => {
    const { source } = createFakeWorld('enabled');
    const versionId = source.upload(object, flaggedBytes) ?? '';
    source.upload(object, others);
    const equal = source.upload(object, sameSize);
    source.erase(object);

    expect((await lookForFlagged({ ...object, versionId }, source)).found).toMatchObject({
      version: { versionId },
      mayBeSame: [equal],
    });
  });

  it('has no id where it is alone in a bucket that was never versioned', async () => {
    const { source } = createFakeWorld('never');
    source.upload(object, flaggedBytes);

    expect((await lookForFlagged(object, source)).found).toStrictEqual({
      version: { eTag: flaggedETag },
      mayBeSame: [],
    });
  });

  it('is `null` beside other versions, and has its id where it is alone', async () => {
    const suspended = createFakeWorld('enabled').source;
    suspended.upload(object, others);
    suspended.setVersioning('suspended');
    suspended.upload(object, flaggedBytes);
    const alone = createFakeWorld('enabled').source;
    const versionId = alone.upload(object, flaggedBytes);

    expect((await lookForFlagged(object, suspended)).found).toMatchObject({ version: { versionId: 'null' } });
    expect((await lookForFlagged(object, alone)).found).toMatchObject({ version: { versionId } });
  });
});

describe('the flagged version of a key that may not be listed', () => {
  it('is what the finding names, and nobody knows what else holds its bytes', async () => {
    const world = createFakeWorld('enabled');
    refuse(world, 'access-denied');

    expect(await lookForFlagged({ ...object, versionId: 'v1' }, world.source)).toStrictEqual({
      found: { version: { versionId: 'v1', eTag: flaggedETag }, mayBeSame: 'unknown' },
    });
    expect(await lookForFlagged(flaggedVersion('v1'), world.source)).toStrictEqual({
      found: { version: { versionId: 'v1' }, mayBeSame: 'unknown' },
    });
  });

  it('is not known if the finding names none', async () => {
    const world = createFakeWorld('enabled');
    refuse(world, 'access-denied');

    expect(await lookForFlagged(object, world.source)).toStrictEqual({ found: 'unknown' });
  });

  it.each(['no-such-bucket', 'wrong-owner'] as const)(
    'is not there if the bucket is not: %s',
    async (why) => {
      const world = createFakeWorld('enabled');
      refuse(world, why);

      expect(await lookForFlagged({ ...object, versionId: 'v1' }, world.source)).toStrictEqual({
        found: undefined,
      });
    },
  );

  it('is looked for again if the failure may pass', async () => {
    const world = createFakeWorld('enabled');
    const fault = new RetryableError('SlowDown', 'later');
    world.log.on({
      at: 'source.listVersions',
      before() {
        throw fault;
      },
    });

    await expect(lookForFlagged({ ...object, versionId: 'v1' }, world.source)).rejects.toBe(fault);
  });
});

describe('an object carries the fence of a finding', () => {
  const about = finding({ object });
  function carrying(tags: readonly (readonly [string, string])[]) {
    const world = createFakeWorld('never');
    world.source.upload(object, flaggedBytes);
    world.source.setTags(object, tags);
    return world;
  }

  it.each([
    ['its tag', [[fenceTag, about.id]], true],
    [
      'its tag beside others',
      [
        ['team', 'a'],
        [fenceTag, about.id],
      ],
      true,
    ],
    ['the tag of another finding', [[fenceTag, 'another']], false],
    ['its id in another tag', [['team', about.id]], false],
    ['no tags', [], false],
  ] as const)('that has %s: %s', async (_, tags, carries) => {
    expect((await findFenceOf(about, carrying(tags).ports)) !== undefined).toBe(carries);
  });

  it('only where its tags may be read, its version is known and fences are used', async () => {
    const hidden = carrying([[fenceTag, about.id]]);
    hidden.source.hidesTags = true;
    const unlisted = carrying([[fenceTag, about.id]]);
    refuse(unlisted, 'access-denied');
    const { fencing: _, ...without } = carrying([[fenceTag, about.id]]).ports;

    expect(await findFenceOf(about, hidden.ports)).toBeUndefined();
    expect(await findFenceOf(about, unlisted.ports)).toBeUndefined();
    expect(await findFenceOf(about, without)).toBeUndefined();
    expect(await findFenceOf(about, createFakeWorld('never').ports)).toBeUndefined();
  });
});
