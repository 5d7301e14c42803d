import { describe, expect, it } from 'vitest';
import { RefusedError, RetryableError } from '../../../../src/core/errors.ts';
import { chooseIdentical, chooseNone } from '../../../../src/core/remove/choose-versions.ts';
import { removeFlaggedBytes } from '../../../../src/core/remove/remove-object.ts';
import type { StoredObject } from '../../../../src/core/source-buckets.ts';
import { createFakeWorld, type FakeWorld, workOn } from '../../../support/fake-ports.ts';
import { fakeChecksum, type StoredOverrides } from '../../../support/fake-stored-object.ts';
import { finding, flaggedBytes, flaggedObject } from '../../../support/findings.ts';

const object = flaggedObject();
/** As long as the flagged bytes. */
const sameSize = flaggedBytes.replaceAll('1', '2');

function remove({ source, ports }: FakeWorld, versionId?: string) {
  const flagged = source.read(object, versionId)?.stored;
  if (flagged === undefined) throw new Error('nothing to remove');
  const choose = chooseIdentical(workOn(ports, finding({ object })));
  return removeFlaggedBytes(object, flagged, source, choose, noteNothing);
}

const noteNothing = async () => undefined;

/** The version ids and markers of the key, newest first: `v2`, `v1` or `v3 (marker)`. */
function left({ source }: FakeWorld): string[] {
  return source
    .entries(object)
    .map(({ versionId, isMarker }) => `${versionId ?? 'null'}${isMarker ? ' (marker)' : ''}`);
}

const throws = (error: Error) => () => {
  throw error;
};

describe('a removal in an unversioned bucket', () => {
  it('removes the object with one call', async () => {
    const world = createFakeWorld();
    world.source.upload(object, flaggedBytes);

    expect(await remove(world)).toStrictEqual({
      kind: 'removed',
      removedVersions: ['null'],
      remainingVersions: [],
      uncomparedVersions: [],
    });
    expect(world.log.names).toStrictEqual(['source.plainDelete']);
    expect(left(world)).toStrictEqual([]);
  });

  it('removes nothing where other bytes are there now', async () => {
    const world = createFakeWorld();
    world.source.upload(object, flaggedBytes);
    world.log.on({ at: 'source.plainDelete', before: () => world.source.upload(object, 'other') });

    expect(await remove(world)).toMatchObject({ kind: 'vanished', removedVersions: [] });
    expect(world.source.read(object)?.bytes).toBe('other');
  });

  it('says vanished where its own success was lost and the call repeated', async () => {
    const world = createFakeWorld();
    world.source.upload(object, flaggedBytes);
    world.log.on({ at: 'source.plainDelete', twice: true });

    expect(await remove(world)).toMatchObject({ kind: 'vanished', removedVersions: [] });
  });

  it.each(['delete-denied', 'mfa-delete', 'conditional-delete-unsupported'] as const)(
    'retains the object: %s',
    async (reason) => {
      const world = createFakeWorld();
      world.source.upload(object, flaggedBytes);
      world.source.refusePlainDelete = reason;

      expect(await remove(world)).toMatchObject({
        kind: 'retained',
        reason,
        removedVersions: [],
        remainingVersions: ['null'],
      });
      expect(world.source.read(object)?.bytes).toBe(flaggedBytes);
    },
  );

  it('touches nothing where HEAD shows the object locked', async () => {
    const world = createFakeWorld();
    world.source.upload(object, flaggedBytes, { lock: 'locked' });

    expect(await remove(world)).toStrictEqual({
      kind: 'retained',
      reason: 'locked',
      removedVersions: [],
      remainingVersions: ['null'],
      uncomparedVersions: [],
    });
    expect(world.log.names).toStrictEqual([]);
  });

  it('reads the answer: a marker means that nothing was removed, it is taken away, and versions are looked at', async () => {
    const world = createFakeWorld();
    world.source.upload(object, flaggedBytes);
    world.log.on({ at: 'source.plainDelete', before: () => world.source.setVersioning('enabled') });

    expect(await remove(world)).toStrictEqual({
      kind: 'removed',
      removedVersions: ['null'],
      remainingVersions: [],
      uncomparedVersions: [],
    });
    expect(left(world)).toStrictEqual([]);
  });

  it('looks for the flagged bytes among the versions, not for the newest', async () => {
    const world = createFakeWorld();
    world.source.upload(object, flaggedBytes);
    world.log.on({ at: 'source.plainDelete', before: () => world.source.setVersioning('enabled') });
    world.log.on({
      at: 'source.listVersions',
      nth: 1,
      before: () => world.source.upload(object, 'newer, other'),
    });

    expect(await remove(world)).toMatchObject({ kind: 'removed', removedVersions: ['null'] });
    expect(world.source.entries(object).map(({ bytes }) => bytes)).toStrictEqual(['newer, other']);
  });

  it.each<[string, (world: FakeWorld) => void]>([
    ['is none of the versions', ({ source }) => void (source.listVersions = async () => [])],
    ['stays behind the marker', ({ source }) => void source.refuseDeleteVersion.set('*', 'delete-denied')],
  ])('starts again where versioning was switched on and the object %s', async (_, arrange) => {
    const world = createFakeWorld();
    world.source.upload(object, flaggedBytes);
    arrange(world);
    world.log.on({ at: 'source.plainDelete', before: () => world.source.setVersioning('enabled') });

    await expect(remove(world)).rejects.toMatchObject({ code: 'VersioningChanged' });
    expect(world.source.read(object, 'null')?.bytes).toBe(flaggedBytes);
  });
});

describe('a removal in a versioned bucket', () => {
  it('removes the only version for good, without a marker', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, flaggedBytes);

    expect(await remove(world)).toStrictEqual({
      kind: 'removed',
      removedVersions: ['v1'],
      remainingVersions: [],
      uncomparedVersions: [],
    });
    expect(left(world)).toStrictEqual([]);
    expect(world.log.names).toStrictEqual(['source.listVersions', 'source.deleteVersion']);
  });

  it('puts a marker before it deletes where an older version with other bytes would surface', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, 'older, other');
    world.source.upload(object, flaggedBytes);

    expect(await remove(world)).toStrictEqual({
      kind: 'removed',
      removedVersions: ['v2'],
      remainingVersions: ['v1'],
      uncomparedVersions: [],
      markerVersionId: 'v3',
    });
    expect(left(world)).toStrictEqual(['v3 (marker)', 'v1']);
    expect(world.log.names).toStrictEqual([
      'source.listVersions',
      'source.needsMfa',
      'source.plainDelete',
      'source.deleteVersion',
    ]);
  });

  it('never lets an older version be current at any instant', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, 'older, other');
    world.source.upload(object, flaggedBytes);
    world.log.afterEach(() => expect(world.source.read(object)?.bytes).not.toBe('older, other'));

    await remove(world);
  });

  it('deletes nothing on a listing that lacks the version, which would not show what surfaces', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, 'older');
    world.source.upload(object, flaggedBytes);
    world.source.listVersions = async () => [];

    await expect(remove(world)).rejects.toMatchObject({ code: 'ListingIncomplete' });
    expect(left(world)).toEqual(['v2', 'v1']);
  });

  it('removes a version that is not current by its id, and leaves the current one', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, flaggedBytes);
    world.source.upload(object, 'newer, other');

    expect(await remove(world, 'v1')).toMatchObject({
      kind: 'removed',
      removedVersions: ['v1'],
      remainingVersions: ['v2'],
    });
    expect(left(world)).toStrictEqual(['v2']);
  });

  it('removes a version behind a marker, and puts no second one', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, 'older, other');
    world.source.upload(object, flaggedBytes);
    world.source.erase(object);

    const removal = await remove(world, 'v2');

    expect(removal).toMatchObject({ kind: 'removed', removedVersions: ['v2'] });
    expect(left(world)).toStrictEqual(['v3 (marker)', 'v1']);
  });

  it('removes versions that are proved identical too, the flagged one last', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, flaggedBytes);
    world.source.upload(object, flaggedBytes);
    world.source.upload(object, flaggedBytes);

    expect(await remove(world, 'v2')).toMatchObject({ kind: 'removed', removedVersions: ['v3', 'v1', 'v2'] });
    expect(left(world)).toStrictEqual([]);
  });

  it('hides the key where an identical version is current and another one would surface', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, 'older, other');
    world.source.upload(object, flaggedBytes);
    world.source.upload(object, flaggedBytes);

    expect(await remove(world, 'v2')).toMatchObject({ removedVersions: ['v3', 'v2'], markerVersionId: 'v4' });
    expect(left(world)).toStrictEqual(['v4 (marker)', 'v1']);
  });

  it('leaves a version of the same size with other bytes', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, sameSize);
    world.source.upload(object, flaggedBytes);

    expect(await remove(world)).toMatchObject({
      removedVersions: ['v2'],
      remainingVersions: ['v1'],
      uncomparedVersions: [],
    });
    expect(world.source.read(object, 'v1')?.bytes).toBe(sameSize);
  });

  it.each<[string, StoredOverrides]>([
    ['has no checksum', { checksum: undefined }],
    ['has one of another algorithm', { checksum: fakeChecksum(flaggedBytes, 'SHA256') }],
    ['has a composite one', { checksum: { ...fakeChecksum(flaggedBytes, 'CRC64NVME'), type: 'COMPOSITE' } }],
  ])('leaves and names a version of the same size that %s', async (_, overrides) => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, sameSize, overrides);
    world.source.upload(object, flaggedBytes);

    expect(await remove(world)).toMatchObject({
      kind: 'removed',
      removedVersions: ['v2'],
      remainingVersions: ['v1'],
      uncomparedVersions: ['v1'],
    });
  });

  it('compares by checksum alone: an equal ETag proves nothing', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, sameSize, { eTag: object.eTag });
    world.source.upload(object, flaggedBytes);

    expect(await remove(world)).toMatchObject({ removedVersions: ['v2'], remainingVersions: ['v1'] });
  });

  it.each(['locked', 'legal-hold'] as const)(
    'touches nothing where HEAD shows the version %s',
    async (lock) => {
      const world = createFakeWorld('enabled');
      world.source.upload(object, 'older, other');
      world.source.upload(object, flaggedBytes, { lock });

      expect(await remove(world)).toStrictEqual({
        kind: 'retained',
        reason: lock,
        removedVersions: [],
        remainingVersions: ['v2', 'v1'],
        uncomparedVersions: [],
      });
      expect(left(world)).toStrictEqual(['v2', 'v1']);
      expect(world.log.names).toStrictEqual(['source.listVersions']);
    },
  );

  it.each(['delete-denied', 'mfa-delete'] as const)(
    'takes its marker away again where S3 answers %s',
    async (reason) => {
      const world = createFakeWorld('enabled');
      world.source.upload(object, 'older, other');
      world.source.upload(object, flaggedBytes);
      world.source.refuseDeleteVersion.set('v2', reason);

      const removal = await remove(world);

      expect(removal).toStrictEqual({
        kind: 'retained',
        reason,
        removedVersions: [],
        remainingVersions: ['v2', 'v1'],
        uncomparedVersions: [],
      });
      expect(left(world)).toStrictEqual(['v2', 'v1']);
      expect(world.source.read(object)?.bytes).toBe(flaggedBytes);
      expect(world.log.names).toStrictEqual([
        'source.listVersions',
        'source.needsMfa',
        'source.plainDelete',
        'source.deleteVersion',
        'source.head',
        'source.deleteVersion',
      ]);
    },
  );

  it('tries again where no marker may be put and others have removed the versions meanwhile', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, 'older, other');
    const versionId = world.source.upload(object, flaggedBytes) ?? '';
    world.source.refusePlainDelete = 'delete-denied';
    world.log.on({
      at: 'source.plainDelete',
      after() {
        for (const id of ['v1', 'v2']) world.source.drop(object, id);
      },
    });

    await expect(remove(world, versionId)).rejects.toMatchObject({ code: 'SourceInFlux' });
  });

  it('tries again where it cannot look at what its marker hides before it takes the marker away', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, 'older, other');
    world.source.upload(object, flaggedBytes);
    world.source.refuseDeleteVersion.set('v2', 'delete-denied');
    world.log.on({ at: 'source.head', before: throws(new RetryableError('SlowDown', 'later')) });

    await expect(remove(world)).rejects.toMatchObject({ code: 'SlowDown' });
    expect(left(world)).toStrictEqual(['v3 (marker)', 'v2', 'v1']);
  });

  it('leaves its marker, and says so, where it may not look at what the marker hides', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, 'older, other');
    world.source.upload(object, flaggedBytes);
    world.source.refuseDeleteVersion.set('v2', 'delete-denied');
    world.log.on({ at: 'source.head', before: throws(new RefusedError('access-denied', 'refused')) });

    expect(await remove(world)).toMatchObject({ kind: 'retained', markerVersionId: 'v3' });
    expect(left(world)).toStrictEqual(['v3 (marker)', 'v2', 'v1']);
  });

  it('touches nothing where an identical version is locked', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, flaggedBytes, { lock: 'legal-hold' });
    world.source.upload(object, flaggedBytes);

    expect(await remove(world)).toStrictEqual({
      kind: 'retained',
      reason: 'legal-hold',
      removedVersions: [],
      remainingVersions: ['v2', 'v1'],
      uncomparedVersions: [],
    });
    expect(left(world)).toStrictEqual(['v2', 'v1']);
  });

  it('says that the key is hidden where its marker may not be taken away', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, 'older, other');
    world.source.upload(object, flaggedBytes);
    world.source.refuseDeleteVersion.set('*', 'delete-denied');

    expect(await remove(world)).toMatchObject({ kind: 'retained', markerVersionId: 'v3' });
    expect(left(world)).toStrictEqual(['v3 (marker)', 'v2', 'v1']);
  });

  it('puts nothing but its marker away: one that somebody else put stays', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, flaggedBytes);
    world.source.erase(object);
    world.source.refuseDeleteVersion.set('v1', 'delete-denied');

    expect(await remove(world, 'v1')).toMatchObject({ kind: 'retained', reason: 'delete-denied' });
    expect(left(world)).toStrictEqual(['v2 (marker)', 'v1']);
  });

  it('says which identical versions are gone where the flagged one may not be deleted', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, flaggedBytes);
    world.source.upload(object, flaggedBytes);
    world.source.refuseDeleteVersion.set('v2', 'delete-denied');

    expect(await remove(world)).toMatchObject({
      kind: 'retained',
      reason: 'delete-denied',
      removedVersions: ['v1'],
      remainingVersions: ['v2'],
    });
  });

  describe('refused after an identical version, the current one, was removed', () => {
    /** The version `v1` may not be deleted; what lies between it and the current one, oldest first. */
    function refused(...between: ('other' | 'marker')[]) {
      const world = createFakeWorld('enabled');
      world.source.upload(object, flaggedBytes);
      for (const what of between) {
        if (what === 'marker') world.source.erase(object);
        else world.source.upload(object, 'in between, other');
      }
      world.source.upload(object, flaggedBytes);
      world.source.refuseDeleteVersion.set('v1', 'delete-denied');
      return world;
    }
    const retained = { kind: 'retained', reason: 'delete-denied', uncomparedVersions: [] };

    it('shows the flagged one again where nothing lies between', async () => {
      expect(await remove(refused(), 'v1')).toStrictEqual({
        ...retained,
        removedVersions: ['v2'],
        remainingVersions: ['v1'],
      });
    });

    it('names the marker that came to light', async () => {
      expect(await remove(refused('marker'), 'v1')).toStrictEqual({
        ...retained,
        removedVersions: ['v3'],
        remainingVersions: ['v1'],
        markerVersionId: 'v2',
      });
    });

    it('names our own marker, not one that lies below', async () => {
      expect(await remove(refused('marker', 'other'), 'v1')).toStrictEqual({
        ...retained,
        removedVersions: ['v4'],
        remainingVersions: ['v3', 'v1'],
        markerVersionId: 'v5',
      });
    });

    it('names no marker where it may not look whether the key is hidden', async () => {
      const world = refused('marker');
      world.log.on({
        at: 'source.head',
        nth: 2,
        before: throws(new RefusedError('access-denied', 'refused')),
      });

      expect(await remove(world, 'v1')).not.toHaveProperty('markerVersionId');
    });

    it('comes again where it cannot look whether the key is hidden', async () => {
      const world = refused('marker');
      world.log.on({ at: 'source.head', nth: 2, before: throws(new RetryableError('SlowDown', 'later')) });

      await expect(remove(world, 'v1')).rejects.toMatchObject({ code: 'SlowDown' });
    });
  });

  it('names the marker that hides the key since, not one that lies below', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, 'older, other');
    world.source.erase(object);
    world.source.upload(object, flaggedBytes);
    world.source.upload(object, 'newer, other');
    world.source.refuseDeleteVersion.set('v3', 'delete-denied');
    world.log.on({ at: 'source.deleteVersion', before: () => world.source.erase(object) });

    expect(await remove(world, 'v3')).toMatchObject({
      kind: 'retained',
      remainingVersions: ['v4', 'v3', 'v1'],
      markerVersionId: 'v5',
    });
  });

  it('deletes nothing where the marker is refused', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, 'older, other');
    world.source.upload(object, flaggedBytes);
    world.source.refusePlainDelete = 'conditional-delete-unsupported';

    expect(await remove(world)).toMatchObject({
      kind: 'retained',
      reason: 'conditional-delete-unsupported',
      removedVersions: [],
    });
    expect(left(world)).toStrictEqual(['v2', 'v1']);
  });

  it('starts again where another version became current in the middle', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, 'older, other');
    world.source.upload(object, flaggedBytes);
    world.log.on({ at: 'source.plainDelete', before: () => world.source.upload(object, 'newer, other') });

    await expect(remove(world)).rejects.toBeInstanceOf(RetryableError);
    expect(left(world)).toStrictEqual(['v3', 'v2', 'v1']);
  });

  it('starts again where a plain delete put no marker', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, 'older, other');
    world.source.upload(object, flaggedBytes);
    const flagged = world.source.read(object)?.stored;
    const source = { ...world.source, plainDelete: async () => ({ kind: 'deleted' }) as const };

    const removal = removeFlaggedBytes(object, flagged as StoredObject, source, chooseNone, noteNothing);

    await expect(removal).rejects.toMatchObject({ code: 'SourceInFlux' });
    expect(left(world)).toStrictEqual(['v2', 'v1']);
  });

  it('finds its marker and finishes where the answer to it was lost', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, 'older, other');
    world.source.upload(object, flaggedBytes);
    world.log.on({ at: 'source.plainDelete', nth: 1, twice: true });

    await expect(remove(world, 'v2')).rejects.toBeInstanceOf(RetryableError);
    expect(await remove(world, 'v2')).toMatchObject({ kind: 'removed', removedVersions: ['v2'] });
    expect(left(world)).toStrictEqual(['v3 (marker)', 'v1']);
  });

  it('still finds the flagged version after a fault between two deletes', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, flaggedBytes);
    world.source.upload(object, flaggedBytes);
    world.log.on({
      at: 'source.deleteVersion',
      nth: 2,
      before: throws(new RetryableError('SlowDown', 'later')),
    });

    await expect(remove(world, 'v1')).rejects.toMatchObject({ code: 'SlowDown' });
    expect(left(world)).toStrictEqual(['v1']);
    expect(await remove(world, 'v1')).toMatchObject({ kind: 'removed' });
  });
});

describe('a null version', () => {
  /** The flagged bytes put before versioning was switched on. */
  function arrange(state: 'enabled' | 'suspended', newer?: string) {
    const world = createFakeWorld();
    world.source.upload(object, flaggedBytes);
    world.source.setVersioning('enabled');
    if (newer !== undefined) world.source.upload(object, newer);
    world.source.setVersioning(state);
    return world;
  }

  it('is removed by its id while versioning is enabled', async () => {
    const world = arrange('enabled');

    expect(await remove(world)).toMatchObject({ kind: 'removed', removedVersions: ['null'] });
    expect(left(world)).toStrictEqual([]);
  });

  it('is removed while versioning is enabled though it is not current', async () => {
    const world = arrange('enabled', 'newer, other');

    expect(await remove(world, 'null')).toMatchObject({ kind: 'removed', removedVersions: ['null'] });
    expect(left(world)).toStrictEqual(['v1']);
  });

  it('is never deleted by its id in a suspended bucket, where a PUT may have replaced it', async () => {
    const world = arrange('suspended', 'newer, other');

    expect(await remove(world, 'null')).toMatchObject({
      kind: 'retained',
      reason: 'unguardable-null-version',
      removedVersions: [],
    });
    expect(left(world)).toStrictEqual(['v1', 'null']);
    expect(world.log.names).toStrictEqual(['source.listVersions', 'source.versioning']);
  });

  it('that is identical to the flagged version is not deleted in a suspended bucket either', async () => {
    const world = arrange('suspended', flaggedBytes);

    expect(await remove(world, 'v1')).toMatchObject({ kind: 'retained', reason: 'unguardable-null-version' });
    expect(left(world)).toStrictEqual(['v1', 'null']);
  });

  it('of other bytes does not keep a version below it from being deleted by its id', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, flaggedBytes);
    world.source.setVersioning('suspended');
    world.source.upload(object, 'newer, other');

    expect(await remove(world, 'v1')).toMatchObject({ kind: 'removed', removedVersions: ['v1'] });
    expect(left(world)).toStrictEqual(['null']);
  });

  it('is not destroyed by a marker in a suspended bucket', async () => {
    const world = createFakeWorld();
    world.source.upload(object, 'other bytes, put before versioning');
    world.source.setVersioning('enabled');
    world.source.upload(object, flaggedBytes);
    world.source.setVersioning('suspended');

    expect(await remove(world)).toMatchObject({ kind: 'retained', reason: 'unguardable-null-version' });
    expect(left(world)).toStrictEqual(['v1', 'null']);
  });

  it('stays below a marker while versioning is enabled', async () => {
    const world = createFakeWorld();
    world.source.upload(object, 'other bytes, put before versioning');
    world.source.setVersioning('enabled');
    world.source.upload(object, flaggedBytes);

    expect(await remove(world)).toMatchObject({
      kind: 'removed',
      removedVersions: ['v1'],
      markerVersionId: 'v2',
    });
    expect(left(world)).toStrictEqual(['v2 (marker)', 'null']);
  });

  it('that is current in a suspended bucket is replaced by a marker in one plain delete, which hides the rest', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, 'older, other');
    world.source.setVersioning('suspended');
    world.source.upload(object, flaggedBytes);

    expect(await remove(world)).toStrictEqual({
      kind: 'removed',
      removedVersions: ['null'],
      remainingVersions: ['v1'],
      uncomparedVersions: [],
      markerVersionId: 'null',
    });
    expect(left(world)).toStrictEqual(['null (marker)', 'v1']);
    expect(world.log.names).toStrictEqual(['source.listVersions', 'source.versioning', 'source.plainDelete']);
  });

  it('that is current in a suspended bucket goes last, after identical versions by their ids', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, flaggedBytes);
    world.source.setVersioning('suspended');
    world.source.upload(object, flaggedBytes);

    expect(await remove(world)).toMatchObject({ kind: 'removed', removedVersions: ['v1', 'null'] });
    expect(left(world)).toStrictEqual(['null (marker)']);
  });

  it('is looked at directly before it is deleted by its id: not where versioning was suspended since', async () => {
    const world = arrange('enabled');
    world.log.on({
      at: 'source.versioning',
      nth: 2,
      before: () => world.source.setVersioning('suspended'),
    });

    expect(await remove(world)).toMatchObject({ kind: 'vanished', removedVersions: [] });
    expect(left(world)).toStrictEqual(['null']);
  });

  it('is looked at directly before it is deleted by its id: not where it is gone', async () => {
    const world = arrange('enabled');
    world.log.on({
      at: 'source.versioning',
      nth: 2,
      before() {
        world.source.setVersioning('suspended');
        world.source.erase(object);
        world.source.setVersioning('enabled');
      },
    });

    expect(await remove(world)).toMatchObject({ kind: 'vanished', removedVersions: [] });
    expect(world.log.names).not.toContain('source.deleteVersion');
  });

  it('that was identical sends the message round again where its owner replaced it in the middle', async () => {
    const world = arrange('enabled', flaggedBytes);
    world.log.on({
      at: 'source.versioning',
      nth: 2,
      before() {
        world.source.setVersioning('suspended');
        world.source.upload(object, 'new bytes of its owner');
        world.source.setVersioning('enabled');
      },
    });

    await expect(remove(world, 'v1')).rejects.toMatchObject({ code: 'SourceInFlux' });
    expect(left(world)).toStrictEqual(['null', 'v1']);
  });

  it('leaves the marker where the version under it is gone by the time versioning was switched on', async () => {
    const world = arrange('suspended');
    world.log.on({
      at: 'source.plainDelete',
      before: () => world.source.setVersioning('enabled'),
      after: () => world.source.drop(object, 'null'),
    });

    await expect(remove(world)).rejects.toMatchObject({ code: 'VersioningChanged' });
    expect(left(world)).toStrictEqual(['v1 (marker)']);
  });

  it('sends the message round again where versioning was switched on before its plain delete', async () => {
    const world = arrange('suspended');
    world.log.on({ at: 'source.plainDelete', before: () => world.source.setVersioning('enabled') });

    await expect(remove(world)).rejects.toMatchObject({ code: 'VersioningChanged' });
    expect(left(world)).toStrictEqual(['null']);
  });
});

describe('a version that its owner removes in the middle', () => {
  /** Before the listing, which then shows nothing. */
  function emptied() {
    const world = createFakeWorld('enabled');
    world.source.upload(object, flaggedBytes);
    world.log.on({ at: 'source.listVersions', before: () => void world.source.deleteVersion(object, 'v1') });
    return world;
  }

  it('has vanished: nothing is removed, and nothing is said to be', async () => {
    expect(await remove(emptied())).toStrictEqual({
      kind: 'vanished',
      removedVersions: [],
      remainingVersions: [],
      uncomparedVersions: [],
    });
  });

  it('is not said to be retained, though S3 would refuse to delete it', async () => {
    const world = emptied();
    world.log.on({
      at: 'source.listVersions',
      after: () => world.source.refuseDeleteVersion.set('v1', 'delete-denied'),
    });

    expect(await remove(world)).toMatchObject({ kind: 'vanished' });
  });
});

describe('a marker with the id null', () => {
  function arrange() {
    const world = createFakeWorld('enabled');
    world.source.upload(object, 'older, other');
    world.source.upload(object, flaggedBytes);
    world.source.setVersioning('suspended');
    return world;
  }

  it('hides the key in a suspended bucket, and is named', async () => {
    const world = arrange();

    expect(await remove(world)).toMatchObject({
      kind: 'removed',
      removedVersions: ['v2'],
      markerVersionId: 'null',
    });
    expect(left(world)).toStrictEqual(['null (marker)', 'v1']);
  });

  it('is never taken away, since it may by now be an object that somebody put', async () => {
    const world = arrange();
    world.source.refuseDeleteVersion.set('v2', 'delete-denied');
    world.log.on({
      at: 'source.plainDelete',
      after: () => world.source.upload(object, 'new, by its owner'),
    });

    expect(await remove(world)).toMatchObject({
      kind: 'retained',
      reason: 'delete-denied',
      markerVersionId: 'null',
    });
    expect(left(world)).toStrictEqual(['null', 'v2', 'v1']);
    expect(world.source.read(object)?.bytes).toBe('new, by its owner');
  });
});
