import { describe, expect, it } from 'vitest';
import { RetryableError } from '../../../../src/core/errors.ts';
import { giveUp, markerOverObject } from '../../../../src/core/isolate/give-up.ts';
import { isolate } from '../../../../src/core/isolate/isolate.ts';
import type { ListedVersion } from '../../../../src/core/source-buckets.ts';
import { createFakeWorld, type FakeWorld, handleSettings } from '../../../support/fake-ports.ts';
import { finding, flaggedBytes, flaggedObject } from '../../../support/findings.ts';

const later = new RetryableError('SlowDown', 'later');
const listed = (versionId: string, isMarker = false): ListedVersion => ({
  versionId,
  isMarker,
  isLatest: false,
  eTag: isMarker ? '' : 'e'.repeat(32),
  sizeBytes: 1,
});

/** Gives up on an object whose copy is there and whose source could not be removed. */
async function giveUpWith(
  versions: readonly ListedVersion[],
  versioning: Parameters<typeof createFakeWorld>[0] = 'enabled',
) {
  const world = createFakeWorld(versioning);
  world.source.upload(flaggedObject(), flaggedBytes);
  await isolate(finding(), world.ports, handleSettings());
  const sourceBuckets = { ...world.ports.sourceBuckets, listVersions: async () => versions };
  return giveUp(finding(), later, { ...world.ports, sourceBuckets });
}

describe('an isolation that is given up', () => {
  it('names the versions that stay, a `null` version among them', async () => {
    expect((await giveUpWith([listed('v2'), listed('null')])).removal).toMatchObject({
      kind: 'retained',
      reason: 'retries-exhausted',
      remainingVersions: ['v2', 'null'],
    });
  });

  it('names a marker of a suspended bucket, whose id is null', async () => {
    expect((await giveUpWith([listed('null', true)])).removal).toMatchObject({ remainingVersions: [] });
  });

  it('names a marker that was put since versioning was switched on, although the copy knows no version', async () => {
    const marker = { ...listed('v2', true), isLatest: true };

    expect((await giveUpWith([marker, listed('null')], 'never')).removal).toMatchObject({
      markerVersionId: 'v2',
      remainingVersions: ['null'],
    });
  });

  it('says nothing of versions where the bucket has none', async () => {
    expect(await giveUpWith([listed('null')])).not.toHaveProperty('removal');
  });

  it('asks the source nothing where no copy is there', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(flaggedObject(), flaggedBytes);

    expect(await giveUp(finding(), later, world.ports)).toStrictEqual({
      outcome: { name: 'refused', reason: 'retries-exhausted', lastError: 'SlowDown' },
    });
    expect(world.log.names.filter((name) => name.startsWith('source.'))).toStrictEqual([]);
  });
});

describe('the marker that may hide an object', () => {
  const marker = ({ ports }: FakeWorld) => markerOverObject(finding(), ports);

  it('is named with the versions under it', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(flaggedObject(), flaggedBytes);
    world.source.erase(flaggedObject());

    expect(await marker(world)).toMatchObject({ markerVersionId: 'v2', remainingVersions: ['v1'] });
  });

  it('is not there where the object is in sight', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(flaggedObject(), flaggedBytes);

    expect(await marker(world)).toBeUndefined();
  });
});
